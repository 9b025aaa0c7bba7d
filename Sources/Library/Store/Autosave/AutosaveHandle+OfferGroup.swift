// SPDX-License-Identifier: MIT

import CLeat
import CLeatStore
import LeatSupport

extension AutosaveHandle {
  /// Copies the streams of a group into its slots if that is due, and throws what failed since the
  /// last offer, as an offer of one stream does. All is checked before the first is copied.
  ///
  /// - Parameter offer: becomes the number of the offer if it is taken, even if this throws then, and
  ///   0 if it isn't due
  func offerGroup(
    _ number: UInt32, _ streams: UnsafePointer<OpaquePointer?>, count: Int, cursor: ByteView,
    flags: UInt32, offer: inout UInt64?
  ) throws(Failure) {
    let group = try slots.used(number, as: .group)
    if count != Int(group.memberCount.load()) {
      throw explanation.failure(
        LEAT_E_ARGUMENT, "count: found \(count), expected the group's, \(group.memberCount.load())")
    }
    let (sum, isBehind) = try unsafe check(group, streams, flags)
    let last = group.offering.position
    let isDue =
      last == nil || isBehind || flags & LEAT_OFFER_NOW != 0
      || sum.subtractingReportingOverflow(last ?? 0).partialValue >= options.everySamples
    if isDue { unsafe take(group, Int(number), streams, cursor, sum, isBehind) }
    offer = isDue ? group.offering.taken &- group.takenBefore.load() : 0
    if group.failure.isSet { try throwIfSet(group.failure) }
    if failure.isSet { try throwIfSet(failure) }
  }

  /// Returns the samples that all members have taken in, and whether one is behind its last offer.
  private func check(
    _ group: Slot, _ streams: UnsafePointer<OpaquePointer?>, _ flags: UInt32
  ) throws(Failure) -> (sum: UInt64, isBehind: Bool) {
    var sum: UInt64 = 0
    var isAnyBehind = false
    try slots.forEachMember(of: group) { (index, member) throws(Failure) in
      // Safe: there are as many streams as members.
      guard let stream = unsafe streams[index], unsafe leat_stream_model(stream) != nil else {
        throw explanation.failure(
          LEAT_E_ARGUMENT, "streams[\(index)] is NULL or no leat_stream")
      }
      let position = unsafe leat_stream_position(stream)
      if let last = member.offering.position, position < last {
        if flags & LEAT_OFFER_REWIND == 0 { throw ofMember(index, isBehind(position, last)) }
        isAnyBehind = true
      }
      do throws(Failure) {
        _ = try unsafe checkedSize(stream)
      } catch let failure {
        throw ofMember(index, failure)
      }
      sum = sum &+ position
    }
    return (sum, isAnyBehind)
  }

  @inline(never)
  private func ofMember(_ index: Int, _ failure: Failure) -> Failure {
    explanation.failure(failure.code, "streams[\(index)]: \(explanation.message)")
  }

  private func take(
    _ group: Slot, _ number: Int, _ streams: UnsafePointer<OpaquePointer?>, _ cursor: ByteView,
    _ sum: UInt64, _ isBehind: Bool
  ) {
    let taken = group.offering.taken &+ 1
    if isBehind { group.offering.rewound = taken }
    // As for one stream.
    let rewinds = group.offering.rewound > group.durableNumber.load()
    let copy = group.offering.copy
    try? slots.forEachMember(of: group) { (index, member) throws(Failure) in
      guard let stream = unsafe streams[index] else { return }
      let position = unsafe leat_stream_position(stream)
      unsafe member.copy(copy).fill(
        stream, size: leat_stream_block_size(stream), cursor: .empty,
        CopyLabel(number: taken, position: position, cursorSize: 0, rewinds: rewinds))
      member.offering.position = position
    }
    // What is durable of a group is reported as the number of an offer.
    group.copy(copy).fill(
      cursor: cursor,
      CopyLabel(
        number: taken, position: taken &- group.takenBefore.load(), cursorSize: cursor.count,
        rewinds: rewinds))
    group.offering.taken = taken
    group.offering.position = sum
    publish(group, number)
  }
}
