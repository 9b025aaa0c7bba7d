// SPDX-License-Identifier: MIT

import CLeat
import CLeatStore
import LeatSupport

extension AutosaveHandle {
  /// Whether an offer, of which the caller has checked the cursor and the flags, has nothing to do
  /// and nothing to report.
  @inline(__always)
  func isIdle(_ number: UInt32, _ stream: OpaquePointer?, flags: UInt32) -> Bool {
    guard let slot = try? slots.used(number, as: .stream), let stream = unsafe stream,
      unsafe leat_stream_model(stream) != nil, !slot.failure.isSet, !failure.isSet
    else { return false }
    return (try? isDue(slot, unsafe leat_stream_position(stream), flags)) == false
  }

  /// Copies a stream into its slot if that is due, and throws what failed since the last offer. It
  /// neither waits nor calls the system: the only lock is taken after a failure, and nobody holds
  /// it during I/O.
  func offer(
    _ number: UInt32, _ stream: OpaquePointer?, cursor: ByteView, flags: UInt32
  ) throws(Failure) {
    let slot = try slots.used(number, as: .stream)
    guard let stream = unsafe stream, unsafe leat_stream_model(stream) != nil else {
      throw noStream()
    }
    let position = unsafe leat_stream_position(stream)
    if try isDue(slot, position, flags) {
      let size = try unsafe checkedSize(stream)
      unsafe take(slot, Int(number), stream, size: size, cursor, position)
    }
    if slot.failure.isSet { try throwIfSet(slot.failure) }
    if failure.isSet { try throwIfSet(failure) }
  }

  // Most offers are idle. To keep these fast, the code that only other offers need is not inlined.

  @inline(never)
  func noStream() -> Failure {
    explanation.failure(LEAT_E_ARGUMENT, "stream is NULL or no leat_stream")
  }

  @inline(__always)
  private func isDue(
    _ slot: Slot, _ position: UInt64, _ flags: UInt32
  ) throws(Failure) -> Bool {
    guard let last = slot.offering.position else { return true }
    if position >= last {
      return position - last >= options.everySamples || flags & LEAT_OFFER_NOW != 0
    }
    if flags & LEAT_OFFER_REWIND == 0 { throw isBehind(position, last) }
    return true
  }

  @inline(never)
  func isBehind(_ position: UInt64, _ last: UInt64) -> Failure {
    explanation.failure(
      LEAT_E_POSITION,
      """
      found position \(position), expected at least the last offer's, \(last); LEAT_OFFER_REWIND goes \
      back
      """)
  }

  @inline(never)
  func checkedSize(_ stream: OpaquePointer) throws(Failure) -> Int {
    let size = unsafe leat_stream_block_size(stream)
    if size > options.streamSize {
      throw explanation.failure(
        LEAT_E_SIZE,
        "found a stream of \(size) bytes, expected at most options->stream_size, \(options.streamSize)"
      )
    }
    return size
  }

  @inline(never)
  private func take(
    _ slot: Slot, _ number: Int, _ stream: OpaquePointer, size: Int, _ cursor: ByteView,
    _ position: UInt64
  ) {
    let taken = slot.offering.taken &+ 1
    if let last = slot.offering.position, position < last { slot.offering.rewound = taken }
    // An earlier offer may have gone back, with nothing durable since then. This offer takes its
    // place, and so it rewinds as well.
    let rewinds = slot.offering.rewound > slot.durableNumber.load()
    unsafe slot.copy(slot.offering.copy).fill(
      stream, size: size, cursor: cursor,
      CopyLabel(number: taken, position: position, cursorSize: cursor.count, rewinds: rewinds))
    slot.offering.taken = taken
    slot.offering.position = position
    publish(slot, number)
  }

  /// Makes the copy that was just filled the ready one.
  @inline(__always)
  func publish(_ slot: Slot, _ number: Int) {
    let before = slot.ready.exchange(slot.offering.copy | Slot.fresh)
    slot.offering.copy = before & ~Slot.fresh
    // Otherwise the slot is in the set, or its last offer is about to add it.
    if before & Slot.fresh == 0 { dirty.insert(number) }
  }
}
