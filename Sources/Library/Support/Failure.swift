// SPDX-License-Identifier: MIT
//
// What the core and the store share: errors and their messages, bytes from outside, checksums.
//
// An error is two numbers; its line of text is written at once where the failure is found, into
// the one `Message` of the call: see `Explanation`. An error that held the text would be a value of
// 62 words, which the compiler copies word by word at every `throw` and every `try`: 300 to 600
// bytes of code each. So the library was half as large again, its store twice as large, and an
// LSTM on a Cortex-M4 needed 176 KB of code and constants instead of 92.

import CLeat

/// Why a call failed: one of the header's `LEAT_E_*`, and what SQLite says. The line that explains
/// it is in the call's `Explanation`, which alone makes failures: so there is no failure without.
package struct Failure: Error {
  package let code: Int32
  package let sqliteCode: Int32

  init(code: Int32, sqliteCode: Int32) {
    self.code = code
    self.sqliteCode = sqliteCode
  }
}

/// Runs the body of an exported function, and turns what it throws into the function's result. The
/// caller's `leat_error`, if there is one, is filled only then: the body may fail inside and go on.
@inline(__always)
package func reportFailure(
  to error: UnsafeMutablePointer<leat_error>?,
  _ body: (_ explanation: Explanation) throws(Failure) -> Int32
) -> Int32 {
  Explanation.withExplanation { explanation in
    do throws(Failure) {
      return try body(explanation)
    } catch let failure {
      return unsafe explanation.report(failure, to: error)
    }
  }
}
