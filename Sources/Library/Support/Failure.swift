// SPDX-License-Identifier: MIT
//
// What the core and the store share: errors and their messages, bytes from outside, checksums.
//
// An error is two numbers. Its line of text is written once, where the failure is found, into the
// one `Message` of the call: see `Explanation`. An error that held the text was a value of 62
// words, which the compiler copied word by word at every `throw` and every `try`, 300 to 600 bytes
// of code each. With it an LSTM took 180 KB of code and constants on a Cortex-M4 instead of 94, and
// libleat_store.so 335 KB instead of 179.

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
