// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

/// In bytes. SQLite and Leat use about 22 KB of it. The rest is for what the program makes SQLite
/// call: a VFS, a hook, a function.
private let stackSize = 262_144

extension AutosaveHandle {
  /// Makes an autosave of a store, and starts its thread.
  static func start(
    _ store: borrowing StoreHandle, _ options: AutosaveOptions
  ) throws(Failure) -> OpaquePointer {
    try store.requireWritable()
    try SQLite.requireThreads(store.explanation)
    if store.connection.isInTransaction {
      throw store.explanation.failure(
        LEAT_E_ARGUMENT, "a transaction is open on \(store.connection)")
    }
    let autosave = try unsafe AutosaveHandle(making: store.pointer, options, store.explanation)
    store.block.holder = .autosave
    let error = unsafe autosave.rounds.startThread(stackSize: stackSize, autosave.context) {
      if let context = unsafe $0 {
        // The thread's own, from its begin to its end.
        Explanation.withExplanation { explanation in
          var writer = unsafe AutosaveWriter(AutosaveHandle(running: context, explanation))
          writer.run()
        }
      }
      return nil
    }
    if error != 0 {
      store.block.holder = .nobody
      autosave.free()
      throw noThread(error, store.explanation)
    }
    return unsafe autosave.pointer
  }

  func add(_ name: StreamName) throws(Failure) -> UInt32 {
    try rounds.locked { () throws(Failure) in try directory.add(name, as: .stream) }
  }

  func addGroup(
    _ name: StreamName, count: Int, _ member: (Int) throws(Failure) -> StreamName
  ) throws(Failure) -> UInt32 {
    try rounds.locked { () throws(Failure) in
      try directory.addGroup(name, count: count, member)
    }
  }

  /// Frees a slot when all its offers are durable. With `abandons` it is freed also when they can't
  /// be written, and the reason is thrown.
  func remove(_ number: UInt32, abandons: Bool) throws(Failure) {
    let slot = try slots.used(number)
    var abandoned: Failure?
    do throws(Failure) {
      try finish(slot)
    } catch let failure {
      if !abandons { throw failure }
      abandoned = failure
      slot.use = .none
      // In this round the writer drops what the slot still had to write.
      _ = rounds.finishOne()
      slot.durableNumber.store(slot.offering.taken)
    }
    rounds.locked { directory.remove(number) }
    if let abandoned { throw abandoned }
  }

  /// Waits until all offers of a slot are durable, or throws the reason why they aren't.
  private func finish(_ slot: Slot) throws(Failure) {
    while !isDurable(slot) {
      _ = rounds.finishOne()
      if isDurable(slot) { return }
      try throwIfSet(slot.failure)
      try throwIfSet(failure)
    }
  }

  private func isDurable(_ slot: Slot) -> Bool {
    slot.durableNumber.load() == slot.offering.taken
  }

  func throwIfSet(_ failure: SharedFailure) throws(Failure) {
    try rounds.locked { () throws(Failure) in try failure.throwIfSet(explanation) }
  }

  /// Waits until all offers before this call are durable, or throws the reason why they aren't.
  func flush() throws(Failure) {
    while true {
      let round = rounds.finishOne()
      let isClean = try rounds.locked { () throws(Failure) -> Bool in
        if rounds.isClean(since: round) { return true }
        try failure.throwIfSet(explanation)
        if let failing = rounds.failingSlot {
          try slots[failing].failure.throwIfSet(explanation)
        }
        return false
      }
      // If not, a round since then has written what failed, and may not have ended yet.
      if isClean { return }
    }
  }

  /// Ends the writer and frees everything: only when all offers are durable, unless `abandons` is
  /// set.
  func stop(abandons: Bool) throws(Failure) {
    var abandoned: Failure?
    do throws(Failure) {
      try flush()
    } catch let failure {
      if !abandons { throw failure }
      abandoned = failure
    }
    rounds.stop()
    store.block.holder = .nobody
    free()
    if let abandoned { throw abandoned }
  }
}
