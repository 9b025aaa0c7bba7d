// SPDX-License-Identifier: MIT

import CInternal
import CLeat
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
  switch unsafe model.header.pointee.kernel {
  case .fused: unsafe leatkernel_run_fused(model.header, stream.header, steps, inputs, outputs)
  case .exact: unsafe leatkernel_run_exact(model.header, stream.header, steps, inputs, outputs)
  }
}

/// How many samples a stream can still take in before its position is the greatest there is.
@inline(__always)
func room(_ stream: borrowing StreamBlock) -> UInt64 {
  // Safe: a stream's position is never beyond the greatest.
  unsafe UInt64(Int64.max) &- stream.header.pointee.position
}
