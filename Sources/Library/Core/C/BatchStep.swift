// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport
import LeatKernel

@_cdecl("leat_batch_step") @implementation
public func leat_batch_step(
  _ streams: UnsafePointer<OpaquePointer?>!, _ count: Int, _ inputs: UnsafePointer<Float>!,
  _ outputs: UnsafeMutablePointer<Float>!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe withIEEEFloats(reportingTo: error) { (explanation) throws(Failure) -> Int32 in
    try unsafe checkPointer(streams, "streams", explanation)
    try unsafe checkPointer(inputs, "inputs", explanation)
    try unsafe checkPointer(outputs, "outputs", explanation)
    guard count != 0 else { return LEAT_OK }
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
}

/// Checks one stream of a batch and its sample, and marks it.
private func checkInBatch(
  _ stream: OpaquePointer?, _ index: Int, _ input: UnsafePointer<Float>,
  _ model: borrowing ModelHandle, _ explanation: Explanation
) throws(Failure) {
  guard let block = unsafe streamHandle(stream) else {
    throw explanation.failure(
      LEAT_E_ARGUMENT, "streams[\(index)]: expected one that leat_stream_init returned")
  }
  guard unsafe block.header.model == model.pointer else {
    throw explanation.failure(
      LEAT_E_MISMATCH, "streams[\(index)] is of another model, expected that of streams[0]")
  }
  guard !block.header.isInBatch else {
    throw explanation.failure(
      LEAT_E_ARGUMENT, "streams[\(index)] is in the batch twice, expected once")
  }
  guard block.samplesLeft > 0 else {
    throw explanation.failure(
      LEAT_E_POSITION, "streams[\(index)] is at position \(Int64.max), expected less")
  }
  let inputSize = model.header.inputSize
  guard unsafe areWithinLimit(input, count: inputSize, model) else {
    let failure = unsafe inputFailure(input, count: inputSize, model, explanation)
    throw explanation.failure(failure.code, "streams[\(index)]: \(explanation.message)")
  }
  block.header.isInBatch = true
}

private func unmark(_ streams: UnsafePointer<OpaquePointer?>, _ count: Int) {
  for index in 0..<count {
    if let block = unsafe streamHandle(streams[index]) {
      block.header.isInBatch = false
    }
  }
}
