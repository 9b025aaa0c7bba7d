// SPDX-License-Identifier: MIT

import CInternal
import CLeat
import CProcessor
import LeatSupport
import LeatKernel

/// Whether `count` inputs are all within the model's limit; a NaN is not. By their bits, since an
/// input may be subnormal.
@inline(__always)
func areWithinLimit(
  _ inputs: UnsafePointer<Float>, count: Int, _ model: borrowing ModelImage
) -> Bool {
  let limit = unsafe model.header.pointee.inputLimit.bitPattern
  var isWithin = true
  for index in 0..<count {
    // Safe: a model is made only with a limit above 0, whose sign bit is 0.
    if unsafe inputs[index].bitPattern & 0x7fff_ffff > limit { isWithin = false }
  }
  return isWithin
}

/// Names the first input that is not.
func inputFailure(
  _ inputs: UnsafePointer<Float>, count: Int, _ model: borrowing ModelImage
) -> Failure {
  let limit = unsafe model.header.pointee.inputLimit
  let inputSize = unsafe model.header.pointee.inputSize
  var index = 0
  while index < count - 1, unsafe inputs[index].magnitude <= limit { index += 1 }
  return Failure(
    LEAT_E_INPUT,
    "input[\(index / inputSize)][\(index % inputSize)] is \(unsafe inputs[index]), expected a magnitude of at most \(limit)"
  )
}

/// Takes samples in that have been checked, on the kernels that were chosen for the stream.
@inline(__always)
func take(
  _ steps: Int, _ model: borrowing ModelImage, _ stream: borrowing StreamBlock,
  _ inputs: UnsafePointer<Float>, _ outputs: UnsafeMutablePointer<Float>
) {
  // Safe: a model is made only with sets that have it.
  unsafe stream.header.pointee.kernels.pointee.run.unsafelyUnwrapped(
    model.header, stream.header, steps, inputs, outputs)
}

/// Takes a sample in for each of a batch, the same way: threes of streams together, the rest alone.
func takeBatch(
  _ streams: UnsafePointer<OpaquePointer?>, _ count: Int, _ model: borrowing ModelImage,
  _ inputs: UnsafePointer<Float>, _ outputs: UnsafeMutablePointer<Float>
) {
  let together = unsafe takeThrees(streams, count - count % 3, model, inputs, outputs)
  for index in together..<count {
    if let block = unsafe streamBlock(streams[index]) {
      unsafe take(
        1, model, block, inputs + index &* model.header.pointee.inputSize,
        outputs + index &* model.header.pointee.outputSize)
    }
  }
}

/// Returns how many streams it has stepped: `count`, or none where it would gain nothing or the
/// streams don't all run on the same kernels.
private func takeThrees(
  _ streams: UnsafePointer<OpaquePointer?>, _ count: Int, _ model: borrowing ModelImage,
  _ inputs: UnsafePointer<Float>, _ outputs: UnsafeMutablePointer<Float>
) -> Int {
  guard count > 0, let first = unsafe streamBlock(streams[0]) else { return 0 }
  let kernels = unsafe first.header.pointee.kernels
  guard let runBatch = unsafe kernels.pointee.run_batch else { return 0 }
  for index in 1..<count {
    guard let block = unsafe streamBlock(streams[index]),
      unsafe block.header.pointee.kernels == kernels
    else { return 0 }
  }
  unsafe runBatch(model.header, streams, count, inputs, outputs)
  return count
}

/// How many samples a stream can still take in before its position is the greatest there is.
@inline(__always)
func room(_ stream: borrowing StreamBlock) -> UInt64 {
  // Safe: a stream's position is never beyond the greatest.
  unsafe UInt64(Int64.max) &- stream.header.pointee.position
}
