// SPDX-License-Identifier: MIT

internal import CLeatStore

/// Groups: what is offered together is durable together, or not at all.
extension Autosave {
  /// Takes slots for a group: one for it and one for each member.
  ///
  /// - Parameter members: as for ``Store/save(_:asGroup:members:changed:cursor:_:)``
  /// - Throws: `.exists` when one of the names has a slot; `.full` when fewer are free; `.argument`
  public func addGroup(_ name: String, members: [String]) throws(LeatError) -> Slot {
    try requireNoNUL(name, "name")
    var slot: UInt32 = 0
    try unsafe withNames(members, members.count) { names throws(LeatError) in
      _ = try unsafe check { error in
        unsafe leat_autosave_add_group(handle, name, names, members.count, &slot, error)
      }
    }
    return Slot(number: slot)
  }

  /// Offers all streams of a batch after a step, when that is due. Doesn't wait or make a system call.
  ///
  /// - Parameters:
  ///   - batch: the members' streams in their order, of models that the autosave was made for
  ///   - slot: the group's
  ///   - cursor: at most as many bytes as the autosave was made for
  /// - Returns: the number of this offer, 1, 2, … of those taken since the group was added; nil when
  ///   it isn't due
  /// - Throws: as ``offer(_:to:cursor:_:)``
  @discardableResult
  public func offer(
    _ batch: borrowing Batch, toGroup slot: Slot, cursor: [UInt8] = [],
    _ options: OfferOptions = []
  ) throws(LeatError) -> UInt64? {
    // The thread needs the models after the streams are gone.
    for model in batch.models where !models.contains(where: { $0 === model }) {
      throw LeatError(
        .mismatch,
        "batch: found a model that the autosave wasn't made for, expected one of "
          + "its \(models.count)")
    }
    let streams = unsafe batch.handles
    var number: UInt64 = 0
    try unsafe check { error in
      unsafe leat_autosave_offer_group(
        handle, slot.number, streams, streams.count, cursor, cursor.count, options.rawValue,
        &number, error)
    }
    return number == 0 ? nil : number
  }

  /// The number of a group's newest offer that is durable, 0 when none is. Doesn't wait.
  ///
  /// - Throws: `.argument` when there is no such slot
  public func durableOffer(of slot: Slot) throws(LeatError) -> UInt64 {
    try durablePosition(of: slot)
  }
}
