// SPDX-License-Identifier: MIT

import Glibc

/// Standard input, output and error. The parent process may have closed them.
enum StandardDescriptors {
  /// Opens something in each place that is empty. Otherwise the next file that is opened gets that
  /// number, and messages are written into a store that has the number of standard error. Reads
  /// give the end of file; writes fail, as writes to a closed descriptor do, so that no output is
  /// lost without a message.
  static func fill() throws {
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] {
      guard fcntl(descriptor, F_GETFD) < 0, errno == EBADF else { continue }
      // The lowest free number is this one: those below it are taken.
      guard unsafe open("/dev/null", O_RDONLY) != descriptor else { continue }
      // Without a /dev: the read end of a pipe that nobody writes to.
      var ends: [Int32] = [-1, -1]
      guard unsafe pipe(&ends) == 0, ends[0] == descriptor else {
        throw ToolError(.system, "descriptor \(descriptor) is closed and can't be opened")
      }
      close(ends[1])
    }
  }
}
