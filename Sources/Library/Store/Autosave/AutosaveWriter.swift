// SPDX-License-Identifier: MIT

import CLeat
import CThreads
import LeatSupport

/// The thread that saves. In each round it writes all slots that have something new, in one
/// transaction. A slot that could not be written by its own fault is left out of that until it
/// succeeds: it is tried in its own transaction, when it has a newer copy or when somebody
/// waits. So it doesn't delay others.
struct AutosaveWriter {
  private let autosave: AutosaveHandle
  private let pending: SlotSet
  private let failing: SlotSet
  /// Whether nothing can be written any more: another process has the store now, or its file is
  /// gone.
  private var isOver = false

  init(_ autosave: AutosaveHandle) {
    self.autosave = autosave
    pending = autosave.pending
    failing = autosave.failing
  }

  private var store: StoreHandle { autosave.store }

  mutating func run() {
    let every = autosave.options.everyNanoseconds
    var next = leat_monitor_now() + every
    while let isRequested = autosave.rounds.begin(at: next) {
      next = leat_monitor_now() + every
      let isWritten = writeRound(retriesFailing: isRequested)
      autosave.rounds.end(isWritten: isWritten, failingSlot: failing.first)
    }
  }

  /// Returns false if it failed as a whole. Then everything stays pending, for the next round.
  private mutating func writeRound(retriesFailing: Bool) -> Bool {
    pending.absorb(autosave.dirty)
    if retriesFailing {
      pending.formUnion(failing)
      dropRemoved()
    }
    if isOver { return false }
    do throws(Failure) {
      while try !writeTogether() {}
      try writeFailing()
    } catch let failure {
      rollback()
      isOver = failure.code == LEAT_E_FENCED || failure.code == LEAT_E_GONE
      set(autosave.failure, failure)
      return false
    }
    if autosave.failure.isSet { set(autosave.failure, nil) }
    return true
  }

  /// Drops what is pending for slots that were removed without being written.
  private func dropRemoved() {
    var indices = pending.ascending
    while let index = indices.next() {
      let slot = autosave.slots[index]
      guard slot.use == .none else { continue }
      _ = refresh(slot)
      slot.writing.isPending = false
      pending.remove(index)
      failing.remove(index)
    }
  }

  /// Writes the slots that aren't failing. Returns false if one failed in a way that ended the
  /// transaction: then the others must be written again, without that one.
  private func writeTogether() throws(Failure) -> Bool {
    var hasBegun = false
    var indices = pending.ascending
    while let index = indices.next() {
      if failing.contains(index) { continue }
      let slot = autosave.slots[index]
      guard refresh(slot) else {
        pending.remove(index)
        continue
      }
      if !hasBegun { try begin() }
      hasBegun = true
      do throws(Failure) {
        try save(slot)
      } catch let failure {
        if failure.concernsAll { throw failure }
        fail(slot, index, failure)
        if !store.connection.isInTransaction { return false }
      }
    }
    guard hasBegun else { return true }
    try store.commit()
    indices = pending.ascending
    while let index = indices.next() {
      if !failing.contains(index) { succeed(autosave.slots[index], index) }
    }
    return true
  }

  /// Writes the slots that failed before, each in its own transaction.
  private func writeFailing() throws(Failure) {
    var indices = pending.ascending
    while let index = indices.next() {
      let slot = autosave.slots[index]
      guard refresh(slot) else {
        pending.remove(index)
        continue
      }
      try begin()
      do throws(Failure) {
        try save(slot)
      } catch let failure {
        if failure.concernsAll { throw failure }
        rollback()
        fail(slot, index, failure)
        continue
      }
      try store.commit()
      failing.remove(index)
      succeed(slot, index)
      set(slot.failure, nil)
    }
  }

  private func begin() throws(Failure) {
    // An earlier round may have failed to roll back.
    rollback()
    try store.begin()
  }

  /// The failure before it stays the one that is stored.
  private func rollback() {
    guard store.connection.isInTransaction else { return }
    try? unsafe StoreHandle(held: autosave.block.store, .none).rollback()
  }

  /// Takes the slot's ready copy if it is newer than the writer's. Returns whether there is
  /// something to write.
  private func refresh(_ slot: Slot) -> Bool {
    if slot.ready.load() & Slot.fresh != 0 {
      // Only the writer removes the mark, so it is still there.
      let taken = slot.ready.exchange(slot.writing.copy)
      slot.writing.copy = taken & ~Slot.fresh
      slot.writing.isPending = true
    }
    return slot.writing.isPending
  }

  private func save(_ slot: Slot) throws(Failure) {
    let number = slot.writing.copy
    let copy = slot.copy(number)
    // Not its use, which a thread that abandons the slot changes meanwhile.
    if slot.memberCount.load() > 0 { return try save(slot, copy, number) }
    try unsafe store.save(
      StreamName(slot.name, autosave.explanation), CoreStream(copy.stream, autosave.explanation),
      cursor: copy.cursor,
      flags: SaveFlags(rewinds: copy.label.rewinds))
  }

  private func save(_ group: Slot, _ copy: StreamCopy, _ number: UInt64) throws(Failure) {
    try store.saveGroup(
      unsafe StreamName(group.name, autosave.explanation),
      { (body) throws(Failure) in
        try autosave.slots.forEachMember(of: group) { (index, member) throws(Failure) in
          try unsafe body(
            index, StreamName(member.name, autosave.explanation),
            CoreStream(member.copy(number).stream, autosave.explanation))
        }
      },
      count: Int(group.memberCount.load()), cursor: copy.cursor,
      flags: SaveFlags(rewinds: copy.label.rewinds),
      // No name has two slots.
      requireDistinct: {})
  }

  private func succeed(_ slot: Slot, _ index: Int) {
    let label = slot.copy(slot.writing.copy).label
    slot.writing.isPending = false
    pending.remove(index)
    slot.durablePosition.store(label.position)
    slot.durableNumber.store(label.number)
  }

  private func fail(_ slot: Slot, _ index: Int, _ failure: Failure) {
    failing.insert(index)
    pending.remove(index)
    set(slot.failure, failure)
  }

  private func set(_ shared: SharedFailure, _ failure: Failure?) {
    autosave.rounds.locked { shared.set(failure, autosave.explanation) }
  }
}
