// SPDX-License-Identifier: MIT
//
// The streams of a batch while it is checked. Each is marked in its block, which finds a stream
// that is in the batch twice without comparing it with all others.

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
  var marked = 0
  defer { unsafe unmark(streams, marked) }
  while marked < count {
    guard let block = unsafe streamHandle(streams[marked], magic: magic),
      unsafe block.header.model == model.pointer, !block.header.isInBatch
    else { throw unsafe wrongMember(streams[marked], marked, model, magic, explanation) }
    try check(marked, block)
    block.header.isInBatch = true
    marked &+= 1
  }
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

private func unmark(_ streams: UnsafePointer<OpaquePointer?>, _ count: Int) {
  for index in 0..<count {
    if let block = unsafe eitherHandle(streams[index]) {
      block.header.isInBatch = false
    }
  }
}
