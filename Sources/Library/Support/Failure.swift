// SPDX-License-Identifier: MIT
//
// What the core and the store share: errors and their messages, bytes from outside, checksums.

import CLeat

/// Why a call failed: one of the header's `LEAT_E_*`, and a line that explains it.
package struct Failure: Error {
  package let code: Int32
  package let message: Message
  package var sqliteCode: Int32 = 0

  package init(_ code: Int32, _ message: Message) {
    self.code = code
    self.message = message
  }

  /// Fills the caller's `leat_error`, if there is one, and returns the code.
  package func report(to error: UnsafeMutablePointer<leat_error>?) -> Int32 {
    if let error = unsafe error {
      unsafe error.pointee.code = code
      unsafe error.pointee.sqlite_code = sqliteCode
      unsafe withUnsafeMutableBytes(of: &error.pointee.message) { text in
        // Safe: Message.capacity is one less than the array's size.
        for index in 0..<message.count { unsafe text[index] = message.byte(at: index) }
        unsafe text[message.count] = 0
      }
    }
    return code
  }
}

/// Runs the body of an exported function, and turns what it throws into the function's result.
@inline(__always)
package func reportFailure(
  to error: UnsafeMutablePointer<leat_error>?, _ body: () throws(Failure) -> Int32
) -> Int32 {
  do throws(Failure) {
    return try body()
  } catch let failure {
    return unsafe failure.report(to: error)
  }
}
