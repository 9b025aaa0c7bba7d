// SPDX-License-Identifier: MIT
//
// A batch in which each sample has a position. First all arguments are checked, then it is decided
// for each stream whether it takes its sample in, and then those that do are stepped: neighbours
// together. After the arguments nothing can fail.

import CInternal
import CLeat
import LeatSupport
import LeatKernel

@_cdecl("leat_batch_step_at") @implementation
public func leat_batch_step_at(
  _ streams: UnsafePointer<OpaquePointer?>!, _ positions: UnsafePointer<UInt64>!, _ count: Int,
  _ inputs: UnsafePointer<Float>!, _ outputs: UnsafeMutablePointer<Float>!,
  _ results: UnsafeMutablePointer<Int32>!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe withIEEEFloats(reportingTo: error) { (explanation) throws(Failure) -> Int32 in
    try unsafe checkPointer(streams, "streams", explanation)
    try unsafe checkPointer(positions, "positions", explanation)
    try unsafe checkPointer(inputs, "inputs", explanation)
    try unsafe checkPointer(outputs, "outputs", explanation)
    try unsafe checkPointer(results, "results", explanation)
    guard count != 0 else { return LEAT_OK }
    if let functions = unsafe windowFunctions(streams[0]) {
      return unsafe functions.pointee.batch_step_at(
        streams, positions, count, inputs, outputs, results, error)
    }
    let image = unsafe try openStream(streams[0], explanation).model
    guard sampleFloats(count, image) != nil, count <= Int.max / 8
    else { throw tooManySamples(count, explanation) }
    try unsafe withMembers(streams, count, of: image, explanation) { _, _ in }
    unsafe stepRuns(streams, positions, count, image, inputs, outputs, results)
    return LEAT_OK
  }
}

/// Writes the results, and steps each run of streams that take their samples in.
private func stepRuns(
  _ streams: UnsafePointer<OpaquePointer?>, _ positions: UnsafePointer<UInt64>, _ count: Int,
  _ model: borrowing ModelHandle, _ inputs: UnsafePointer<Float>,
  _ outputs: UnsafeMutablePointer<Float>, _ results: UnsafeMutablePointer<Int32>
) {
  let inputSize = model.header.inputSize
  let outputSize = model.header.outputSize
  // Safe: sampleFloats has shown that no index of inputs and outputs overflows.
  for index in 0..<count {
    guard let block = unsafe streamHandle(streams[index]) else { continue }
    unsafe results[index] = stepResult(
      at: block.header.position, left: block.samplesLeft, positions[index],
      inputs + index &* inputSize, model)
  }
  var first = 0
  while first < count {
    var end = first
    while end < count, unsafe results[end] == LEAT_OK { end &+= 1 }
    if end > first {
      unsafe stepBatch(
        streams + first, end &- first, model, inputs + first &* inputSize,
        outputs + first &* outputSize)
    }
    first = end &+ 1
  }
}

/// What `leat_stream_step_at` would return.
@inline(__always)
func stepResult(
  at awaited: UInt64, left: UInt64, _ position: UInt64, _ input: UnsafePointer<Float>,
  _ model: borrowing ModelHandle
) -> Int32 {
  if position < awaited { return LEAT_SKIPPED }
  guard position == awaited, left > 0 else { return LEAT_E_POSITION }
  return unsafe areWithinLimit(input, count: model.header.inputSize, model)
    ? LEAT_OK : LEAT_E_INPUT
}
