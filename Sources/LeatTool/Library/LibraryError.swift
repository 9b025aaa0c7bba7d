// SPDX-License-Identifier: MIT

import CLeat

/// What the library says when it refuses.
struct LibraryError: Error {
  let code: Int32
  let description: String

  init(_ error: leat_error) {
    code = error.code
    description = unsafe withUnsafeBytes(of: error.message) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }

  var status: ExitStatus { ExitStatus(code: code) }

  /// Calls a function of the library and throws what it reports.
  ///
  /// - Returns: LEAT_OK, or the positive code
  @discardableResult
  static func check(_ call: (UnsafeMutablePointer<leat_error>) -> Int32) throws -> Int32 {
    var error = leat_error()
    let code = unsafe call(&error)
    if code < 0 { throw LibraryError(error) }
    return code
  }
}
