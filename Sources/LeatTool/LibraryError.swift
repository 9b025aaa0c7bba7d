// SPDX-License-Identifier: MIT

import CLeat

/// What the library says when it refuses.
struct LibraryError: Error, CustomStringConvertible {
  let description: String

  init(_ error: leat_error) {
    description = unsafe withUnsafeBytes(of: error.message) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }

  /// Calls a function of the library and throws what it reports.
  static func check(_ call: (UnsafeMutablePointer<leat_error>) -> Int32) throws {
    var error = leat_error()
    let code = unsafe call(&error)
    if code < 0 { throw LibraryError(error) }
  }
}

/// What the tool itself says when it refuses.
struct ToolError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
