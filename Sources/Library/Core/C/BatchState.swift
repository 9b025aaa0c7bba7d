// SPDX-License-Identifier: MIT
//
// The states of many streams of one model, one after the other in one buffer. Each is what
// `leat_stream_save` writes.

import CLeat
import LeatSupport
import LeatKernel

@_cdecl("leat_batch_save") @implementation
public func leat_batch_save(
  _ streams: UnsafePointer<OpaquePointer?>!, _ count: Int, _ buffer: UnsafeMutableRawPointer!,
  _ buffer_size: Int, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe withIEEEFloats(reportingTo: error) { (explanation) throws(Failure) -> Int32 in
    try unsafe checkPointer(streams, "streams", explanation)
    guard let buffer = unsafe buffer else {
      throw explanation.failure(LEAT_E_ARGUMENT, "buffer is NULL")
    }
    guard count != 0 else { return LEAT_OK }
    let model = unsafe try openStream(streams[0], explanation).model
    let size = try sizeOfStates(count, model, explanation)
    guard buffer_size < 0 || buffer_size >= size else {
      throw explanation.failure(
        LEAT_E_SIZE, "buffer of \(buffer_size) bytes, expected at least \(size)")
    }
    try unsafe withMembers(streams, count, of: model, explanation) { _, _ in }
    for index in 0..<count {
      guard let block = unsafe streamHandle(streams[index]) else { continue }
      // Safe: the buffer holds so many states.
      unsafe block.save(model, to: buffer + index &* model.header.stateSize)
    }
    return LEAT_OK
  }
}

@_cdecl("leat_batch_load") @implementation
public func leat_batch_load(
  _ streams: UnsafePointer<OpaquePointer?>!, _ count: Int, _ buffer: UnsafeRawPointer!,
  _ buffer_size: Int, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe withIEEEFloats(reportingTo: error) { (explanation) throws(Failure) -> Int32 in
    try unsafe checkPointer(streams, "streams", explanation)
    let bytes = try unsafe stateBytes(buffer, buffer_size, explanation)
    guard count != 0 else { return LEAT_OK }
    let model = unsafe try openStream(streams[0], explanation).model
    let size = try sizeOfStates(count, model, explanation)
    guard bytes.count == size else {
      throw explanation.failure(
        LEAT_E_SIZE, "buffer of \(bytes.count) bytes, expected \(size), \(count) states")
    }
    let stateSize = model.header.stateSize
    try unsafe withMembers(streams, count, of: model, explanation) {
      (index, block) throws(Failure) in
      let state = bytes.slice(index &* stateSize, (index &+ 1) &* stateSize)
      do throws(Failure) {
        try block.check(
          model,
          StateView(state, explanation, hasCRC32C: model.header.hasCRC32C))
      } catch {
        throw explanation.failure(error.code, "streams[\(index)]: \(explanation.message)")
      }
    }
    for index in 0..<count {
      guard let block = unsafe streamHandle(streams[index]) else { continue }
      block.copy(model, from: bytes.slice(index &* stateSize, (index &+ 1) &* stateSize))
    }
    return LEAT_OK
  }
}

/// The bytes of so many states.
private func sizeOfStates(
  _ count: Int, _ model: borrowing ModelHandle, _ explanation: Explanation
) throws(Failure) -> Int {
  let (size, overflow) = count.multipliedReportingOverflow(by: model.header.stateSize)
  guard count > 0, count <= Int.max / 8, !overflow else {
    throw explanation.failure(
      LEAT_E_ARGUMENT,
      "\(UInt(bitPattern: count)) streams, expected no more than an array holds")
  }
  return size
}
