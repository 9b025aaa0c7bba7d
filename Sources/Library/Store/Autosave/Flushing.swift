// SPDX-License-Identifier: MIT

import CLeat
import CLeatStore
import CThreads
import LeatSupport

extension AutosaveHandle {
  /// Waits until all that was taken before the call is durable, or throws why it isn't.
  func flush() throws(Failure) {
    while true {
      let round = finishRound()
      let isClean = try locked { () throws(Failure) -> Bool in
        if shared.clean >= round { return true }
        if failureCode.load() != 0 { throw unsafe failure.pointee }
        if let failing = shared.failingSlot, slot(failing).failureCode.load() != 0 {
          throw unsafe slot(failing).failure.pointee
        }
        return false
      }
      // What failed has been overcome in a round since, which may not have ended yet.
      if isClean { return }
    }
  }

  /// Has the writer do a round that begins after this, waits for its end, and returns its number.
  func finishRound() -> UInt64 {
    unsafe leat_monitor_lock(monitor)
    defer { unsafe leat_monitor_unlock(monitor) }
    let round = shared.begun + 1
    shared.asked = round
    unsafe leat_monitor_signal_work(monitor)
    while shared.ended < round { unsafe leat_monitor_wait_done(monitor) }
    return round
  }

  /// Ends the writer and gives everything back. If `abandons` isn't set, only when all is durable.
  func stop(abandons: Bool) throws(Failure) {
    var abandoned: Failure?
    do throws(Failure) {
      try flush()
    } catch let failure {
      if !abandons { throw failure }
      abandoned = failure
    }
    unsafe leat_monitor_lock(monitor)
    shared.isStopping = true
    unsafe leat_monitor_signal_work(monitor)
    unsafe leat_monitor_unlock(monitor)
    unsafe leat_monitor_join(monitor)
    store.holder = .nobody
    free()
    if let abandoned { throw abandoned }
  }
}
