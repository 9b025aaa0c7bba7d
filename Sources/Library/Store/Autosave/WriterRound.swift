// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

// A round of the writer. It writes all slots that have something new in one transaction. A slot
// that could not be written for its own sake stays out of that until it could be again: it is
// tried in a transaction by itself, when it has got something newer or when somebody waits, and so
// costs the others nothing.

extension AutosaveHandle {
  /// Says whether it failed as a whole: then everything stays pending, for the next round.
  func writeRound(retriesFailing: Bool) -> Bool {
    pending.absorb(dirty)
    if retriesFailing {
      pending.formUnion(failing)
      forgetRemoved()
    }
    if isOver { return false }
    do throws(Failure) {
      while try !writeTogether() {}
      try writeFailing()
    } catch let failure {
      undo()
      isOver = failure.code == LEAT_E_FENCED || failure.code == LEAT_E_GONE
      setFailure(failure)
      return false
    }
    if failureCode.load() != 0 { setFailure(nil) }
    return true
  }

  /// Drops what is still to be written of slots that were given back all the same.
  private func forgetRemoved() {
    var number = 0
    while let index = pending.next(from: number) {
      number = index + 1
      let slot = slot(index)
      guard slot.isUsed.load() == 0 else { continue }
      _ = refresh(slot)
      unsafe slot.writing.pointee.isPending = false
      pending.remove(index)
      failing.remove(index)
    }
  }

  /// Writes those that aren't failing. Says whether that is done: when one fails in a way that ends
  /// the transaction, the others have to be written again, without it.
  private func writeTogether() throws(Failure) -> Bool {
    var hasBegun = false
    var number = 0
    while let index = pending.next(from: number) {
      number = index + 1
      if failing.contains(index) { continue }
      let slot = slot(index)
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
    number = 0
    while let index = pending.next(from: number) {
      number = index + 1
      if !failing.contains(index) { succeed(slot(index), index) }
    }
    return true
  }

  /// Writes those that have failed before, each by itself.
  private func writeFailing() throws(Failure) {
    var number = 0
    while let index = pending.next(from: number) {
      number = index + 1
      let slot = slot(index)
      guard refresh(slot) else {
        pending.remove(index)
        continue
      }
      try begin()
      do throws(Failure) {
        try save(slot)
      } catch let failure {
        if failure.concernsAll { throw failure }
        undo()
        fail(slot, index, failure)
        continue
      }
      try store.commit()
      failing.remove(index)
      succeed(slot, index)
      setFailure(nil, of: slot)
    }
  }

  private func begin() throws(Failure) {
    // What an earlier round could not roll back.
    undo()
    try store.begin()
  }

  private func undo() {
    if store.connection.isInTransaction { try? store.rollback() }
  }

  /// Takes the slot's newest copy, if there is one that is newer than the writer's. Says whether
  /// there is something to write.
  private func refresh(_ slot: Slot) -> Bool {
    if slot.ready.load() & Slot.fresh != 0 {
      // Only the writer takes the mark away, so it's still there.
      let taken = unsafe slot.ready.exchange(slot.writing.pointee.copy)
      unsafe slot.writing.pointee.copy = taken & ~Slot.fresh
      unsafe slot.writing.pointee.isPending = true
    }
    return unsafe slot.writing.pointee.isPending
  }

  private func save(_ slot: Slot) throws(Failure) {
    let copy = unsafe slot.copy(slot.writing.pointee.copy)
    try unsafe store.save(
      StreamName(slot.name), StreamHandle(copy.stream), cursor: copy.cursor,
      flags: SaveFlags(rewinds: copy.label.rewinds))
  }

  private func succeed(_ slot: Slot, _ index: Int) {
    let label = unsafe slot.copy(slot.writing.pointee.copy).label
    unsafe slot.writing.pointee.isPending = false
    pending.remove(index)
    slot.durablePosition.store(label.position)
    slot.durableNumber.store(label.number)
  }

  private func fail(_ slot: Slot, _ index: Int, _ failure: Failure) {
    failing.insert(index)
    pending.remove(index)
    setFailure(failure, of: slot)
  }
}
