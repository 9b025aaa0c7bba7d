// SPDX-License-Identifier: MIT
//
// The states of many streams of one model, one after the other in one buffer. Each is what
// `leat_stream_save` writes.

import CInternal
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
    try unsafe checkBuffer(buffer, buffer_size, holds: 0, explanation)
    guard count != 0 else { return LEAT_OK }
    if let functions = unsafe windowFunctions(streams[0]) {
      return unsafe functions.pointee.batch_save(streams, count, buffer, buffer_size, error)
    }
    let model = unsafe try openStream(streams[0], explanation).model
    let size = try sizeOfStates(count, model.header.stateSize, explanation)
    try unsafe checkBuffer(buffer, buffer_size, holds: size, explanation)
    try unsafe withMembers(streams, count, of: model, explanation) { _, _ in }
    unsafe saveStates(streams, count, model, to: buffer)
    return LEAT_OK
  }
}

/// Writes the states of streams of one model to a buffer that holds them: of three streams at once
/// as long as there are three, because their checksums take the time of one.
private func saveStates(
  _ streams: UnsafePointer<OpaquePointer?>, _ count: Int, _ model: borrowing ModelHandle,
  to buffer: UnsafeMutableRawPointer
) {
  let stateSize = model.header.stateSize
  let size = stateSize - 4
  var index = 0
  while count - index >= 3 {
    // Safe: the buffer holds so many states.
    let states = unsafe buffer + index &* stateSize
    for member in 0..<3 {
      guard let block = unsafe streamHandle(streams[index + member]) else { continue }
      var writer = unsafe ByteWriter(states + member &* stateSize, capacity: size)
      block.writeUnchecked(model, to: &writer)
    }
    let checksums = unsafe CRC32C.ofThree(
      states, stride: stateSize, size: size, byInstruction: model.header.hasCRC32C)
    for member in 0..<3 {
      var writer = unsafe ByteWriter(states + member &* stateSize + size, capacity: 4)
      writer.write(checksums[member])
    }
    index += 3
  }
  while index < count {
    guard let block = unsafe streamHandle(streams[index]) else { return }
    unsafe block.save(model, to: buffer + index &* stateSize)
    index += 1
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
    if let functions = unsafe windowFunctions(streams[0]) {
      return unsafe functions.pointee.batch_load(streams, count, buffer, buffer_size, error)
    }
    let model = unsafe try openStream(streams[0], explanation).model
    let size = try sizeOfStates(count, model.header.stateSize, explanation)
    guard bytes.count == size else { throw wrongSizeOfStates(bytes, size, count, explanation) }
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

func wrongSizeOfStates(
  _ bytes: ByteView, _ size: Int, _ count: Int, _ explanation: Explanation
) -> Failure {
  explanation.failure(
    LEAT_E_SIZE, "buffer of \(bytes.count) bytes, expected \(size), \(count) states")
}

/// The bytes of so many states.
func sizeOfStates(
  _ count: Int, _ stateSize: Int, _ explanation: Explanation
) throws(Failure) -> Int {
  let (size, overflow) = count.multipliedReportingOverflow(by: stateSize)
  guard count > 0, count <= Int.max / 8, !overflow else {
    throw explanation.failure(
      LEAT_E_ARGUMENT,
      "\(UInt(bitPattern: count)) streams, expected no more than an array holds")
  }
  return size
}
