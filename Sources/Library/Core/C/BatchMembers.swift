// SPDX-License-Identifier: MIT
//
// The streams of a batch while it is checked. As long as they ascend in memory, none can be in the
// batch twice. Otherwise each is marked in its block, which finds such a stream without comparing it
// with all others.

import CInternal
import CLeat
import LeatSupport
import LeatKernel

/// Checks that all streams are of one model and none is in the batch twice, and calls `check` for
/// each.
@inline(__always)
func withMembers(
  _ streams: UnsafePointer<OpaquePointer?>, _ count: Int, of model: borrowing ModelHandle,
  magic: UInt64 = StreamHandle.magic, _ explanation: Explanation,
  _ check: (Int, borrowing StreamHandle) throws(Failure) -> Void
) throws(Failure) {
  if try unsafe checkMembers(streams, count, of: model, magic: magic, explanation, check) {
    unsafe mark(streams, count, isInBatch: false)
  }
}

/// The same. Returns whether it has left all streams marked, for the caller to unmark.
@inline(__always)
func checkMembers(
  _ streams: UnsafePointer<OpaquePointer?>, _ count: Int, of model: borrowing ModelHandle,
  magic: UInt64 = StreamHandle.magic, _ explanation: Explanation,
  _ check: (Int, borrowing StreamHandle) throws(Failure) -> Void
) throws(Failure) -> Bool {
  var marked = 0
  do throws(Failure) {
    var before: UInt = 0
    var index = 0
    while index < count {
      // Safe: it isn't read here, so that it may be anything.
      unsafe leatcore_prefetch(UnsafeRawPointer(streams[min(index &+ 32, count &- 1)]))
      guard let block = unsafe streamHandle(streams[index], magic: magic),
        unsafe block.header.model == model.pointer
      else { throw unsafe wrongMember(streams[index], index, model, magic, explanation) }
      let address = unsafe UInt(bitPattern: block.pointer)
      if marked == 0, address <= before {
        unsafe mark(streams, index, isInBatch: true)
        marked = index
      }
      before = address
      if marked > 0, block.header.isInBatch {
        throw unsafe wrongMember(streams[index], index, model, magic, explanation)
      }
      try check(index, block)
      if marked > 0 {
        block.header.isInBatch = true
        marked &+= 1
      }
      index &+= 1
    }
  } catch {
    unsafe mark(streams, marked, isInBatch: false)
    throw error
  }
  return marked > 0
}

/// Says which of those checks failed.
@inline(never)
private func wrongMember(
  _ stream: OpaquePointer?, _ index: Int, _ model: borrowing ModelHandle, _ magic: UInt64,
  _ explanation: Explanation
) -> Failure {
  guard let block = unsafe eitherHandle(stream) else {
    return explanation.failure(
      LEAT_E_ARGUMENT, "streams[\(index)]: expected one that leat_stream_init returned")
  }
  guard block.header.magic == magic else {
    return explanation.failure(
      LEAT_E_MISMATCH,
      "streams[\(index)] and streams[0]: one is a windowed stream, expected both or none")
  }
  guard unsafe block.header.model == model.pointer else {
    return explanation.failure(
      LEAT_E_MISMATCH, "streams[\(index)] is of another model, expected that of streams[0]")
  }
  return explanation.failure(
    LEAT_E_ARGUMENT, "streams[\(index)] is in the batch twice, expected once")
}
