// SPDX-License-Identifier: MIT

#if canImport(FoundationEssentials)
  import FoundationEssentials
  import Glibc
#else
  import Foundation
#endif

/// Standard input, output and error. The parent process may have closed them.
enum StandardDescriptors {
  /// Puts something in each place that is empty, before anything else that is opened can get there:
  /// a store or a pipe that is taken for standard error. Reads give the end of file; writes fail, as
  /// those to a closed descriptor do, so that no output is lost without a word.
  static func fill() throws {
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] {
      guard fcntl(descriptor, F_GETFD) < 0, errno == EBADF else { continue }
      // The lowest free number is this one, since those below it are taken.
      guard unsafe open("/dev/null", O_RDONLY) != descriptor else { continue }
      // Without a /dev: the end of a pipe that is read from, and that nobody writes to.
      var ends: [Int32] = [-1, -1]
      guard unsafe pipe(&ends) == 0, ends[0] == descriptor else {
        throw ToolError(.system, "descriptor \(descriptor) is closed, and nothing can be put there")
      }
      close(ends[1])
    }
  }
}
