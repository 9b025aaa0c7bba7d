// SPDX-License-Identifier: MIT

import CLeat
import Glibc

/// What the library says when it refuses.
struct LibraryError: Error {
  let code: Int32
  let description: String
  let status: ExitStatus

  /// - Parameter path: the file that was to be read, if it was one
  init(_ error: leat_error, reading path: String? = nil) {
    code = error.code
    // Of a file that can't even be looked at, that is the reason.
    let isThere = path.map { unsafe access($0, R_OK) == 0 } ?? true
    status = code == LEAT_E_IO && !isThere ? .noInput : ExitStatus(code: code)
    description = unsafe withUnsafeBytes(of: error.message) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }

  /// Calls a function of the library and throws what it reports.
  ///
  /// - Parameter path: the file that it is to read, if it is one
  /// - Returns: LEAT_OK, or the positive code
  @discardableResult
  static func check(
    reading path: String? = nil, _ call: (UnsafeMutablePointer<leat_error>) -> Int32
  ) throws -> Int32 {
    var error = leat_error()
    let code = unsafe call(&error)
    if code < 0 { throw LibraryError(error, reading: path) }
    return code
  }
}
