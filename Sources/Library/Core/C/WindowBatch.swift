// SPDX-License-Identifier: MIT
//
// Batches of windowed streams of one model, all with the same windows. Each steps its own streams
// together already, so the batch takes one windowed stream after the other.

import CInternal
import CLeat
import LeatSupport
import LeatKernel

@_cdecl("leatcore_window_batch_step") @implementation
public func leatcore_window_batch_step(
  _ streams: UnsafePointer<OpaquePointer?>!, _ count: Int, _ inputs: UnsafePointer<Float>!,
  _ outputs: UnsafeMutablePointer<Float>!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe withIEEEFloats(reportingTo: error) { (explanation) throws(Failure) -> Int32 in
    try unsafe checkPointer(inputs, "inputs", explanation)
    try unsafe checkPointer(outputs, "outputs", explanation)
    let first = unsafe WindowHandle(streams[0]!)
    let model = first.block.model
    guard sampleFloats(count, model) != nil, count <= Int.max / 8
    else { throw tooManySamples(count, explanation) }
    // Safe: sampleFloats has shown that no index of inputs and outputs overflows.
    try unsafe withWindows(streams, count, like: first, explanation) {
      (index, window) throws(Failure) in
      let input = unsafe inputs + index &* model.header.inputSize
      guard window.samplesLeft > 0,
        unsafe areWithinLimit(input, count: model.header.inputSize, model)
      else {
        throw unsafe wrongSample(window.samplesLeft, index, input, model, explanation)
      }
    }
    var hasOutput = false
    for index in 0..<count {
      let ends = unsafe WindowHandle(streams[index]!).step(
        inputs + index &* model.header.inputSize, outputs + index &* model.header.outputSize)
      if ends { hasOutput = true }
    }
    return hasOutput ? LEAT_OK : LEAT_NO_OUTPUT
  }
}

@_cdecl("leatcore_window_batch_step_at") @implementation
public func leatcore_window_batch_step_at(
  _ streams: UnsafePointer<OpaquePointer?>!, _ positions: UnsafePointer<UInt64>!, _ count: Int,
  _ inputs: UnsafePointer<Float>!, _ outputs: UnsafeMutablePointer<Float>!,
  _ results: UnsafeMutablePointer<Int32>!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe reportFailure(to: error) { (explanation) throws(Failure) -> Int32 in
    let first = unsafe WindowHandle(streams[0]!)
    let model = first.block.model
    guard sampleFloats(count, model) != nil, count <= Int.max / 8
    else { throw tooManySamples(count, explanation) }
    try unsafe withWindows(streams, count, like: first, explanation) { _, _ in }
    for index in 0..<count {
      let window = unsafe WindowHandle(streams[index]!)
      // Safe: as above.
      let input = unsafe inputs + index &* model.header.inputSize
      let result = unsafe stepResult(
        at: window.block.header.position, left: window.samplesLeft, positions[index], input, model)
      unsafe results[index] = result
      guard result == LEAT_OK else { continue }
      let ends = unsafe window.step(input, outputs + index &* model.header.outputSize)
      if !ends { unsafe results[index] = LEAT_NO_OUTPUT }
    }
    return LEAT_OK
  }
}

@_cdecl("leatcore_window_batch_save") @implementation
public func leatcore_window_batch_save(
  _ streams: UnsafePointer<OpaquePointer?>!, _ count: Int, _ buffer: UnsafeMutableRawPointer!,
  _ buffer_size: Int, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe withIEEEFloats(reportingTo: error) { (explanation) throws(Failure) -> Int32 in
    let first = unsafe WindowHandle(streams[0]!)
    let stateSize = first.stateSize
    let size = try sizeOfStates(count, stateSize, explanation)
    try unsafe checkBuffer(buffer, buffer_size, holds: size, explanation)
    try unsafe withWindows(streams, count, like: first, explanation) { _, _ in }
    for index in 0..<count {
      // Safe: the buffer holds so many states.
      unsafe WindowHandle(streams[index]!).save(to: buffer + index &* stateSize)
    }
    return LEAT_OK
  }
}

@_cdecl("leatcore_window_batch_load") @implementation
public func leatcore_window_batch_load(
  _ streams: UnsafePointer<OpaquePointer?>!, _ count: Int, _ buffer: UnsafeRawPointer!,
  _ buffer_size: Int, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe withIEEEFloats(reportingTo: error) { (explanation) throws(Failure) -> Int32 in
    let bytes = try unsafe stateBytes(buffer, buffer_size, explanation)
    let first = unsafe WindowHandle(streams[0]!)
    let stateSize = first.stateSize
    let hasCRC32C = first.block.model.header.hasCRC32C
    let size = try sizeOfStates(count, stateSize, explanation)
    guard bytes.count == size else { throw wrongSizeOfStates(bytes, size, count, explanation) }
    try unsafe withWindows(streams, count, like: first, explanation) {
      (index, window) throws(Failure) in
      let state = bytes.slice(index &* stateSize, (index &+ 1) &* stateSize)
      do throws(Failure) {
        try window.check(WindowState(state, explanation, hasCRC32C: hasCRC32C))
      } catch {
        throw explanation.failure(error.code, "streams[\(index)]: \(explanation.message)")
      }
    }
    for index in 0..<count {
      unsafe WindowHandle(streams[index]!).copy(
        from: bytes.slice(index &* stateSize, (index &+ 1) &* stateSize))
    }
    return LEAT_OK
  }
}

/// Checks that all streams have the same model and the same windows and none is in the batch twice,
/// and calls `check` for each.
@inline(never)
private func withWindows(
  _ streams: UnsafePointer<OpaquePointer?>, _ count: Int, like first: borrowing WindowHandle,
  _ explanation: Explanation, _ check: (Int, borrowing WindowHandle) throws(Failure) -> Void
) throws(Failure) {
  let (windowSize, hop) = (first.window, first.hop)
  try unsafe withMembers(
    streams, count, of: first.block.model, magic: WindowHandle.magic, explanation
  ) { (index, block) throws(Failure) in
    let window = unsafe WindowHandle(block.pointer)
    guard window.window == windowSize, window.hop == hop else {
      throw explanation.failure(
        LEAT_E_MISMATCH,
        "streams[\(index)] has a window of \(window.window) and a hop of \(window.hop), expected \(windowSize) and \(hop) as of streams[0]"
      )
    }
    try check(index, window)
  }
}
