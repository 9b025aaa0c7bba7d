// SPDX-License-Identifier: MIT

internal import CLeatStore

extension Autosave {
  /// Takes a slot for a stream.
  ///
  /// - Throws: `.exists` when the name has one; `.full` when all are taken; `.argument`
  public func add(_ name: String) throws(LeatError) -> Slot {
    try requireNoNUL(name, "name")
    var slot: UInt32 = 0
    try unsafe check { error in unsafe leat_autosave_add(handle, name, &slot, error) }
    return Slot(number: slot)
  }

  /// Offers a stream after a step: copies it into its slot, when it is due. Doesn't wait, allocate or
  /// make a system call. One thread at a time offers to a slot.
  ///
  /// - Parameters:
  ///   - stream: of one of the models that the autosave was made for
  ///   - slot: the stream's
  ///   - cursor: at most as many bytes as the autosave was made for
  /// - Throws: `.mismatch` when it is of another model, `.argument`, `.size`; `.position` when it is
  ///   lower than the last taken: nothing was taken. What the last attempt to write failed with: then
  ///   this stream was taken.
  public func offer(
    _ stream: borrowing ModelStream, to slot: Slot, cursor: [UInt8] = [],
    _ options: OfferOptions = []
  ) throws(LeatError) {
    // The thread needs the model after the stream is gone.
    let model = stream.model
    guard models.contains(where: { $0 === model }) else {
      throw LeatError(
        .mismatch,
        "stream: found a model that the autosave wasn't made for, expected one of "
          + "its \(models.count)")
    }
    let stream = unsafe stream.handle
    try unsafe check { error in
      unsafe leat_autosave_offer(
        handle, slot.number, stream, cursor, cursor.count, options.rawValue, error)
    }
  }

  /// The position up to which a slot's stream is durable, 0 when none of it is. Doesn't wait.
  ///
  /// - Throws: `.argument` when there is no such slot
  public func durablePosition(of slot: Slot) throws(LeatError) -> UInt64 {
    var position: UInt64 = 0
    try unsafe check { error in
      unsafe leat_autosave_durable(handle, slot.number, &position, error)
    }
    return position
  }

  /// Waits until what the slot took is durable, then frees it. The thread that offers the stream calls this.
  ///
  /// - Parameter abandons: gives it back even though writing fails
  /// - Throws: what the writing failed with
  public func remove(_ slot: Slot, abandons: Bool = false) throws(LeatError) {
    let flags = abandons ? LEAT_AUTOSAVE_ABANDON : 0
    try unsafe check { error in unsafe leat_autosave_remove(handle, slot.number, flags, error) }
  }

  /// Writes what has been taken, and waits until it is durable.
  ///
  /// - Throws: what the writing failed with
  public func flush() throws(LeatError) {
    try unsafe check { error in unsafe leat_autosave_flush(handle, error) }
  }

  /// Writes what has been taken, ends the thread and gives the store back. No other thread may be
  /// using the autosave. Every later call throws `.argument`.
  ///
  /// - Parameter abandons: stops even though writing fails
  /// - Throws: what the writing failed with; unless `abandons`, everything goes on as before
  public func stop(abandons: Bool = false) throws(LeatError) {
    guard unsafe handle != nil else { return }
    let flags = abandons ? LEAT_AUTOSAVE_ABANDON : 0
    defer { if abandons { unsafe handle = nil } }
    try unsafe check { error in unsafe leat_autosave_stop(handle, flags, error) }
    unsafe handle = nil
  }
}
