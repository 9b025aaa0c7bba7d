// SPDX-License-Identifier: MIT

import CLeat
import CProcessor
import LeatSupport
import LeatKernel

@_cdecl("leat_batch_step") @implementation
public func leat_batch_step(
  _ streams: UnsafePointer<OpaquePointer?>!, _ count: Int, _ inputs: UnsafePointer<Float>!,
  _ outputs: UnsafeMutablePointer<Float>!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  let environment = leat_processor_enter()
  defer { leat_processor_leave(environment) }
  if let code = try? unsafe runBatch(streams, count, inputs, outputs, .none) { return code }
  return unsafe explainBatch(streams, count, inputs, outputs, error)
}

/// Says which check of `runBatch` failed, by making all of them again: a failure changes nothing.
@inline(never)
private func explainBatch(
  _ streams: UnsafePointer<OpaquePointer?>?, _ count: Int, _ inputs: UnsafePointer<Float>?,
  _ outputs: UnsafeMutablePointer<Float>?, _ error: UnsafeMutablePointer<leat_error>?
) -> Int32 {
  unsafe reportFailure(to: error) { (explanation) throws(Failure) -> Int32 in
    try unsafe runBatch(streams, count, inputs, outputs, explanation)
  }
}

@inline(never)
private func runBatch(
  _ streams: UnsafePointer<OpaquePointer?>?, _ count: Int, _ inputs: UnsafePointer<Float>?,
  _ outputs: UnsafeMutablePointer<Float>?, _ explanation: Explanation
) throws(Failure) -> Int32 {
  try unsafe checkPointer(streams, "streams", explanation)
  try unsafe checkPointer(inputs, "inputs", explanation)
  try unsafe checkPointer(outputs, "outputs", explanation)
  guard count != 0, let streams = unsafe streams, let inputs = unsafe inputs,
    let outputs = unsafe outputs
  else { return LEAT_OK }
  let image = unsafe try openStream(streams[0], explanation).model
  let inputSize = image.header.inputSize
  guard sampleFloats(count, image) != nil, count <= Int.max / 8
  else { throw tooManySamples(count, explanation) }
  var marked = 0
  do throws(Failure) {
    while marked < count {
      // Safe: sampleFloats has shown that no index overflows.
      try unsafe checkInBatch(
        streams[marked], marked, inputs + marked &* inputSize, image, explanation)
      marked &+= 1
    }
  } catch {
    unsafe unmark(streams, marked)
    throw error
  }
  unsafe stepBatch(streams, count, image, inputs, outputs)
  unsafe unmark(streams, count)
  return LEAT_OK
}

/// Checks one stream of a batch and its sample, and marks it.
@inline(__always)
private func checkInBatch(
  _ stream: OpaquePointer?, _ index: Int, _ input: UnsafePointer<Float>,
  _ model: borrowing ModelHandle, _ explanation: Explanation
) throws(Failure) {
  guard let block = unsafe streamHandle(stream), unsafe block.header.model == model.pointer,
    !block.header.isInBatch, block.samplesLeft > 0,
    unsafe areWithinLimit(input, count: model.header.inputSize, model)
  else { throw unsafe refusal(stream, index, input, model, explanation) }
  block.header.isInBatch = true
}

/// Says which check of `checkInBatch` failed.
@inline(never)
private func refusal(
  _ stream: OpaquePointer?, _ index: Int, _ input: UnsafePointer<Float>,
  _ model: borrowing ModelHandle, _ explanation: Explanation
) -> Failure {
  guard let block = unsafe streamHandle(stream) else {
    return explanation.failure(
      LEAT_E_ARGUMENT, "streams[\(index)]: expected one that leat_stream_init returned")
  }
  guard unsafe block.header.model == model.pointer else {
    return explanation.failure(
      LEAT_E_MISMATCH, "streams[\(index)] is of another model, expected that of streams[0]")
  }
  guard !block.header.isInBatch else {
    return explanation.failure(
      LEAT_E_ARGUMENT, "streams[\(index)] is in the batch twice, expected once")
  }
  guard block.samplesLeft > 0 else {
    return explanation.failure(
      LEAT_E_POSITION, "streams[\(index)] is at position \(Int64.max), expected less")
  }
  return unsafe inputFailure(
    input, count: model.header.inputSize, model, explanation, "streams[\(index)]: ")
}

private func unmark(_ streams: UnsafePointer<OpaquePointer?>, _ count: Int) {
  for index in 0..<count {
    if let block = unsafe streamHandle(streams[index]) {
      block.header.isInBatch = false
    }
  }
}
