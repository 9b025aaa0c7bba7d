// SPDX-License-Identifier: MIT

import Glibc

/// This process, and programs that it runs.
enum SystemProcess {
  static var ownID: Int32 { getpid() }

  /// A variable of the environment; nil when it is empty, too.
  static func environment(_ name: String) -> String? {
    guard let value = unsafe getenv(name), unsafe value.pointee != 0 else { return nil }
    return unsafe String(cString: value)
  }

  static func setEnvironment(_ name: String, to value: String) { unsafe setenv(name, value, 1) }

  enum Failure: Error { case notStarted(String) }

  /// Runs a program without input and output, and waits until it ends.
  ///
  /// - Parameters:
  ///   - arguments: the first is the program: a name to look for in PATH, or a path
  ///   - log: the file that its standard error goes to
  /// - Returns: its exit status; of one that a signal ended, 128 and the signal's number
  static func run(_ arguments: [String], log: String) throws -> Int32 {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    unsafe posix_spawn_file_actions_addopen(&actions, 2, log, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    var words = unsafe arguments.map { unsafe strdup($0) } + [nil]
    defer { unsafe words.forEach { word in unsafe free(word) } }
    var process = pid_t()
    let failure = unsafe posix_spawnp(&process, words[0]!, &actions, nil, &words, environ)
    guard failure == 0 else { throw Failure.notStarted(SystemError.text(of: failure)) }
    var status: Int32 = 0
    while unsafe waitpid(process, &status, 0) < 0 {
      guard errno == EINTR else { throw ToolError.system(.system, "waitpid") }
    }
    // As WIFEXITED, WEXITSTATUS and WTERMSIG compute it.
    return status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
  }
}

/// A folder that is removed with this object, with the files that it is made for.
final class TemporaryFolder {
  let path: String
  private let files: [String]

  init(for files: [String]) throws {
    self.files = files
    let parent = SystemProcess.environment("TMPDIR") ?? "/tmp"
    var template = Array("\(parent)/leat.XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else { throw ToolError.system(.cantCreate, parent) }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit {
    for name in files { FileSystem.remove("\(path)/\(name)") }
    unsafe rmdir(path)
  }
}
