// SPDX-License-Identifier: MIT

import Glibc

/// What the last system call that failed reported in errno.
///
/// This folder has every call of the operating system that the tool makes, and is the only one that
/// imports Glibc. A port to another system changes the files here: each is named for what it needs.
enum SystemError {
  /// "No such file or directory"
  static var text: String { text(of: errno) }

  static func text(of number: Int32) -> String { unsafe String(cString: strerror(number)) }
}

extension ToolError {
  /// "state.db: No such file or directory"
  static func system(_ status: ExitStatus, _ subject: String) -> ToolError {
    ToolError(status, "\(subject): \(SystemError.text)")
  }
}
