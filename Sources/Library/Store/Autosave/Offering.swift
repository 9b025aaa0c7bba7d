// SPDX-License-Identifier: MIT

import CLeat
import CLeatStore
import LeatSupport

extension AutosaveHandle {
  /// Copies a stream into its slot if that is due, and tells of what failed. Neither waits nor
  /// calls the system: the only lock is taken after a failure, and it is nobody's across I/O.
  @inline(__always)
  func offer(
    _ number: UInt32, _ stream: OpaquePointer?, cursor: ByteView, flags: UInt32
  ) throws(Failure) {
    let slot = try usedSlot(number)
    guard let stream = unsafe stream, let model = unsafe leat_stream_model(stream) else {
      throw AutosaveHandle.noStream()
    }
    let position = unsafe leat_stream_position(stream)
    if try isDue(slot, position, flags) {
      try unsafe checkSize(slot, model)
      unsafe take(slot, Int(number), stream, cursor, position)
    }
    if slot.failureCode.load() != 0 { try throwFailure(of: slot) }
    if failureCode.load() != 0 { try throwFailure() }
  }

  // Most offers aren't due. So that these cost little, what the others need stands apart: above
  // all the building of a failure, which is large.

  @inline(never)
  private static func noStream() -> Failure {
    Failure(LEAT_E_ARGUMENT, "stream is NULL or no leat_stream")
  }

  @inline(__always)
  private func isDue(
    _ slot: Slot, _ position: UInt64, _ flags: UInt32
  ) throws(Failure) -> Bool {
    guard let last = unsafe slot.offering.pointee.position else { return true }
    if position >= last {
      return position - last >= options.everySamples || flags & LEAT_OFFER_NOW != 0
    }
    if flags & LEAT_OFFER_REWIND == 0 { throw AutosaveHandle.backwards(position, last) }
    return true
  }

  @inline(never)
  private static func backwards(_ position: UInt64, _ last: UInt64) -> Failure {
    Failure(
      LEAT_E_POSITION,
      "the stream is at position \(position), and was taken at \(last): LEAT_OFFER_REWIND goes back"
    )
  }

  /// A model outlives its use in a slot, so the size that was found for a pointer stays right.
  @inline(never)
  private func checkSize(_ slot: Slot, _ model: OpaquePointer) throws(Failure) {
    if unsafe slot.offering.pointee.model == model { return }
    let size = unsafe leat_stream_size(model)
    if size > options.streamSize {
      throw Failure(
        LEAT_E_SIZE,
        "the stream has \(size) bytes, and options->stream_size is \(options.streamSize)")
    }
    unsafe slot.offering.pointee.model = model
    unsafe slot.offering.pointee.streamSize = size
  }

  @inline(never)
  private func take(
    _ slot: Slot, _ number: Int, _ stream: OpaquePointer, _ cursor: ByteView, _ position: UInt64
  ) {
    let offering = unsafe slot.offering
    let taken = unsafe offering.pointee.taken &+ 1
    if let last = unsafe offering.pointee.position, position < last {
      unsafe offering.pointee.rewound = taken
    }
    unsafe slot.copy(offering.pointee.copy).fill(
      stream, size: offering.pointee.streamSize, cursor: cursor, number: taken,
      position: position,
      // Also when it was an offer before that went back, and nothing is durable since: this one
      // takes that one's place.
      rewinds: offering.pointee.rewound > slot.durableNumber.load())
    unsafe offering.pointee.taken = taken
    unsafe offering.pointee.position = position
    let before = unsafe slot.ready.exchange(offering.pointee.copy | Slot.fresh)
    unsafe offering.pointee.copy = before & ~Slot.fresh
    // Else the slot is in the set, or its last offer was about to enter it.
    if before & Slot.fresh == 0 { dirty.insert(number) }
  }
}
