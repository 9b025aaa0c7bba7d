// SPDX-License-Identifier: MIT

import CThreads
import LeatSupport

extension AutosaveHandle {
  /// What the thread does: a round every so often, or when one is asked for.
  func runWriter() {
    let every = options.everyNanoseconds
    var next = leat_monitor_now() + every
    unsafe leat_monitor_lock(monitor)
    while true {
      var isTime = false
      while !shared.isStopping, shared.asked <= shared.begun, !isTime {
        isTime = unsafe leat_monitor_wait_work(monitor, next) == 0
      }
      if shared.isStopping { break }
      let isAsked = shared.asked > shared.begun
      shared.begun += 1
      unsafe leat_monitor_unlock(monitor)

      next = leat_monitor_now() + every
      let isWritten = writeRound(retriesFailing: isAsked)

      unsafe leat_monitor_lock(monitor)
      shared.ended = shared.begun
      shared.failingSlot = failing.next(from: 0)
      if isWritten, shared.failingSlot == nil { shared.clean = shared.ended }
      unsafe leat_monitor_signal_done(monitor)
    }
    unsafe leat_monitor_unlock(monitor)
  }
}
