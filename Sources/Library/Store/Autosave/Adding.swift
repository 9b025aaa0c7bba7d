// SPDX-License-Identifier: MIT

import CLeat
import CLeatStore
import LeatSupport

extension AutosaveHandle {
  /// Takes a slot for a name and returns its number.
  func add(_ name: StreamName) throws(Failure) -> UInt32 {
    try locked { () throws(Failure) in
      let number = shared.firstFree
      // A name that has a slot is told so though there is none left.
      if number == .max {
        if names.contains(name.bytes) { throw AutosaveHandle.exists(name) }
        throw Failure(
          LEAT_E_FULL, "all \(options.streams) slots are taken, there is none for \(name)")
      }
      guard names.insert(name.bytes, number) else { throw AutosaveHandle.exists(name) }
      let slot = slot(Int(number))
      unsafe shared.firstFree = slot.offering.pointee.nextFree
      for index in 0..<name.bytes.count {
        unsafe slot.name[index] = CChar(bitPattern: name.bytes.byte(at: index))
      }
      unsafe slot.name[name.bytes.count] = 0
      unsafe slot.offering.pointee.position = nil
      unsafe slot.offering.pointee.model = nil
      slot.durablePosition.store(0)
      slot.isUsed.store(1)
      return number
    }
  }

  private static func exists(_ name: StreamName) -> Failure {
    Failure(LEAT_E_EXISTS, "it has a slot already: \(name)")
  }

  /// Gives a slot back when all that it took is durable; if `abandons` is set, also when it can't be
  /// written, and throws that.
  func remove(_ number: UInt32, abandons: Bool) throws(Failure) {
    let slot = try usedSlot(number)
    var abandoned: Failure?
    do throws(Failure) {
      try finish(slot)
    } catch let failure {
      if !abandons { throw failure }
      abandoned = failure
      slot.isUsed.store(0)
      // The writer forgets it in this.
      _ = finishRound()
      unsafe slot.durableNumber.store(slot.offering.pointee.taken)
    }
    try locked { () throws(Failure) in
      names.remove(number)
      slot.isUsed.store(0)
      slot.failureCode.store(0)
      unsafe slot.offering.pointee.nextFree = shared.firstFree
      shared.firstFree = number
    }
    if let abandoned { throw abandoned }
  }

  /// Waits until all that a slot took is durable, or throws why it isn't.
  private func finish(_ slot: Slot) throws(Failure) {
    while !isDurable(slot) {
      _ = finishRound()
      if isDurable(slot) { return }
      try throwFailure(of: slot)
      try throwFailure()
    }
  }

  private func isDurable(_ slot: Slot) -> Bool {
    unsafe slot.durableNumber.load() == slot.offering.pointee.taken
  }

  @inline(__always)
  func usedSlot(_ number: UInt32) throws(Failure) -> Slot {
    guard Int(number) < options.streams, slot(Int(number)).isUsed.load() != 0 else {
      throw noSlot(number)
    }
    return slot(Int(number))
  }

  @inline(never)
  private func noSlot(_ number: UInt32) -> Failure {
    if Int(number) < options.streams {
      return Failure(LEAT_E_ARGUMENT, "slot \(number) is free: no stream was added to it")
    }
    return Failure(
      LEAT_E_ARGUMENT, "slot is \(number), and there are \(options.streams), from 0 on")
  }
}
