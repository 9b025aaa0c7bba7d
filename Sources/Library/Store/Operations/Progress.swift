// SPDX-License-Identifier: MIT

import CLeat
import CLeatStore
import LeatSupport

/// The caller's `leat_progress`, if there is one.
@safe struct Progress {
  private let call: leat_progress?
  private let context: UnsafeMutableRawPointer?
  private let explanation: Explanation

  init(_ call: leat_progress?, _ context: UnsafeMutableRawPointer?, _ explanation: Explanation) {
    unsafe self.call = call
    unsafe self.context = context
    self.explanation = explanation
  }

  /// Whether it is worth counting how much there is to do.
  var isWanted: Bool { unsafe call != nil }

  func report(_ done: UInt64, of total: UInt64) throws(Failure) {
    guard let call = unsafe call else { return }
    if unsafe call(context, done, total) != 0 {
      throw explanation.failure(
        LEAT_E_STOPPED, "stopped by progress, with \(done) of \(total) done")
    }
  }
}
