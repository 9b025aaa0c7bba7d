// SPDX-License-Identifier: MIT

import CInternal
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
  if unsafe couldRunFew(streams, count, inputs, outputs) { return LEAT_OK }
  if let code = try? unsafe runBatch(streams, count, inputs, outputs, .none) { return code }
  return unsafe explainBatch(streams, count, inputs, outputs, error)
}

/// Steps a batch of one or two streams as they would step alone, with no more checks than these need;
/// unless a check fails, or reading the weights twice costs more.
@inline(__always)
private func couldRunFew(
  _ streams: UnsafePointer<OpaquePointer?>?, _ count: Int, _ inputs: UnsafePointer<Float>?,
  _ outputs: UnsafeMutablePointer<Float>?
) -> Bool {
  guard count == 1 || count == 2, unsafe isArray(streams), let streams = unsafe streams else {
    return false
  }
  if count == 1 { return unsafe couldRun(streams[0], 1, inputs, outputs) }
  guard let first = unsafe streamHandle(streams[0]), let second = unsafe streamHandle(streams[1]),
    unsafe first.pointer != second.pointer,
    unsafe second.header.model == first.model.pointer, !first.model.isFar,
    second.samplesLeft > 0, unsafe isArray(inputs), let inputs = unsafe inputs,
    let outputs = unsafe outputs,
    unsafe areWithinLimit(
      inputs + first.model.header.inputSize, count: first.model.header.inputSize, first.model),
    unsafe couldRun(streams[0], 1, inputs, outputs)
  else { return false }
  unsafe second.run(
    1, first.model, inputs + first.model.header.inputSize,
    outputs + first.model.header.outputSize)
  return true
}

/// Steps a batch of windowed streams, or says which check of `runBatch` failed, by making all of them
/// again: a failure changes nothing.
@inline(never)
private func explainBatch(
  _ streams: UnsafePointer<OpaquePointer?>?, _ count: Int, _ inputs: UnsafePointer<Float>?,
  _ outputs: UnsafeMutablePointer<Float>?, _ error: UnsafeMutablePointer<leat_error>?
) -> Int32 {
  unsafe reportFailure(to: error) { (explanation) throws(Failure) -> Int32 in
    if let functions = unsafe windowFunctions(ofFirst: streams, count) {
      return unsafe functions.pointee.batch_step(streams, count, inputs, outputs, error)
    }
    return try unsafe runBatch(streams, count, inputs, outputs, explanation)
  }
}

@inline(never)
private func runBatch(
  _ streams: UnsafePointer<OpaquePointer?>!, _ count: Int, _ inputs: UnsafePointer<Float>!,
  _ outputs: UnsafeMutablePointer<Float>!, _ explanation: Explanation
) throws(Failure) -> Int32 {
  try unsafe checkPointer(streams, "streams", explanation)
  try unsafe checkPointer(inputs, "inputs", explanation)
  try unsafe checkPointer(outputs, "outputs", explanation)
  guard count != 0 else { return LEAT_OK }
  let image = unsafe try openStream(streams[0], explanation).model
  let inputSize = image.header.inputSize
  guard sampleFloats(count, image) != nil, count <= Int.max / 8
  else { throw tooManySamples(count, explanation) }
  let areMarked = try unsafe checkMembers(streams, count, of: image, explanation) {
    (index, block) throws(Failure) in
    // Safe: sampleFloats has shown that no index overflows.
    let input = unsafe inputs + index &* inputSize
    guard block.samplesLeft > 0, unsafe areWithinLimit(input, count: inputSize, image)
    else { throw unsafe wrongSample(block.samplesLeft, index, input, image, explanation) }
  }
  unsafe stepBatch(streams, count, image, inputs, outputs, areMarked: areMarked)
  return LEAT_OK
}

/// Says why a stream can't take its sample in.
@inline(never)
func wrongSample(
  _ samplesLeft: UInt64, _ index: Int, _ input: UnsafePointer<Float>,
  _ model: borrowing ModelHandle, _ explanation: Explanation
) -> Failure {
  guard samplesLeft > 0 else {
    return explanation.failure(
      LEAT_E_POSITION, "streams[\(index)] is at position \(Int64.max), expected less")
  }
  return unsafe inputFailure(
    input, count: model.header.inputSize, model, explanation, "streams[\(index)]: ")
}
