// SPDX-License-Identifier: MIT

import CInternal
import CLeat
import CProcessor
import LeatBytes
import LeatKernel

/// Whether `count` inputs are all within the model's limit; a NaN is not.
@inline(__always)
func areWithinLimit(
  _ inputs: UnsafePointer<Float>, count: Int, _ model: borrowing ModelImage
) -> Bool {
  let limit = unsafe model.header.pointee.inputLimit
  var isWithin = true
  for index in 0..<count {
    if unsafe !(inputs[index].magnitude <= limit) { isWithin = false }
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

/// Takes samples in that have been checked, on the kernel that was chosen for the model.
@inline(__always)
func take(
  _ steps: Int, _ model: borrowing ModelImage, _ stream: borrowing StreamBlock,
  _ inputs: UnsafePointer<Float>, _ outputs: UnsafeMutablePointer<Float>
) {
  let kernel = unsafe model.header.pointee.kernel
  #if arch(x86_64)
    if kernel == .wide {
      unsafe leatkernel_run_wide(model.header, stream.header, steps, inputs, outputs)
      return
    }
  #endif
  // Where no processor needs the exact kernel, the linker finds no call and leaves it out.
  if leat_processor_may_lack_fused_kernel() != 0, kernel == .exact {
    unsafe leatkernel_run_exact(model.header, stream.header, steps, inputs, outputs)
  } else {
    unsafe leatkernel_run_fused(model.header, stream.header, steps, inputs, outputs)
  }
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

/// Returns how many streams it has stepped: `count`, or none where it would gain nothing. In
/// software the sums take so long that reading the weights once for three is no matter.
private func takeThrees(
  _ streams: UnsafePointer<OpaquePointer?>, _ count: Int, _ model: borrowing ModelImage,
  _ inputs: UnsafePointer<Float>, _ outputs: UnsafeMutablePointer<Float>
) -> Int {
  let kernel = unsafe model.header.pointee.kernel
  guard leat_processor_has_vectors() != 0, kernel != .exact else { return 0 }
  #if arch(x86_64)
    if kernel == .wide {
      unsafe leatkernel_batch_wide(model.header, streams, count, inputs, outputs)
      return count
    }
  #endif
  unsafe leatkernel_batch_fused(model.header, streams, count, inputs, outputs)
  return count
}

/// How many samples a stream can still take in before its position is the greatest there is.
@inline(__always)
func room(_ stream: borrowing StreamBlock) -> UInt64 {
  // Safe: a stream's position is never beyond the greatest.
  unsafe UInt64(Int64.max) &- stream.header.pointee.position
}
