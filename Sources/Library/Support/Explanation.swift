// SPDX-License-Identifier: MIT

import CLeat

/// The handle of the one message of a call, in the frame of the exported function. Everything that
/// may fail is given it, as a parameter or in a value that doesn't outlive the call, and writes the
/// message with the failure that it throws. The message of a failure that is caught stays until the
/// next failure. So a function that must still report one calls what may fail with `none`.
@safe package struct Explanation {
  /// nil if nobody wants the message.
  private let address: UnsafeMutablePointer<Message>?

  /// For what may fail without a report.
  package static var none: Explanation { unsafe Explanation(nil) }

  /// Calls `body` with an explanation that exists only during the call. `body` can't throw, since a
  /// failure would outlive its message. Only the message's length is initialized: a call that
  /// doesn't fail makes no message.
  @inline(__always)
  package static func withExplanation<Result>(_ body: (Explanation) -> Result) -> Result {
    unsafe withUnsafeTemporaryAllocation(of: Message.self, capacity: 1) { memory in
      // Safe: all of a message's fields are numbers.
      memory.baseAddress?.pointee.clear()
      return unsafe body(Explanation(memory.baseAddress))
    }
  }

  private init(_ address: UnsafeMutablePointer<Message>?) { unsafe self.address = address }

  /// The message of a failure that was caught.
  package var message: Message {
    // Safe: there is one, since there was a failure.
    unsafeAddress { unsafe UnsafePointer(address!) }
  }

  // Three functions without default arguments: a caller in another module would call a function for
  // each default.

  /// Writes the message, and returns the failure to throw.
  @inline(never) @_disfavoredOverload
  package func failure(_ code: Int32, _ message: Message) -> Failure {
    failure(code, message, sqliteCode: 0)
  }

  @inline(never)
  package func failure(_ code: Int32, _ message: Message, sqliteCode: Int32) -> Failure {
    // Safe: a message needs no deinitialization.
    unsafe address?.initialize(to: message)
    return Failure(code: code, sqliteCode: sqliteCode)
  }

  /// For a message that is a literal: so the caller makes none.
  @inline(never)
  package func failure(_ code: Int32, _ message: StaticString) -> Failure {
    failure(code, Message(stringLiteral: message), sqliteCode: 0)
  }

  /// Fills the caller's `leat_error`, if there is one, and returns the code.
  @inline(never)
  package func report(
    _ failure: Failure, to error: UnsafeMutablePointer<leat_error>?
  ) -> Int32 {
    if let error = unsafe error {
      unsafe error.pointee.code = failure.code
      unsafe error.pointee.sqlite_code = failure.sqliteCode
      unsafe withUnsafeMutableBytes(of: &error.pointee.message) { text in
        // Safe: there is a message, as above. Message.capacity is one less than the array's size.
        for index in 0..<message.count { unsafe text[index] = message.byte(at: index) }
        unsafe text[message.count] = 0
      }
    }
    return failure.code
  }
}
