// SPDX-License-Identifier: MIT
//
// A step: the sample is taken in, normalised if the model says so, then goes through the layers in
// the order of the list; each reads its sources and writes its output, all in the stream's block.
//
// Everything was checked before: the inputs are within the model's limit, so no sum overflows and
// nothing can fail.

import CLeat
import CVectors

/// Takes `steps` samples through the whole model. `outputs` may be `inputs` when their sizes are
/// equal.
@inlinable @inline(__always)
public func run<F: FusedMultiplyAdd>(
  _: F.Type, model: borrowing ModelImage, stream: borrowing StreamBlock, steps: Int,
  inputs: UnsafePointer<Float>, outputs: UnsafeMutablePointer<Float>
) {
  let header = unsafe model.header
  var input = unsafe inputs
  var output = unsafe outputs
  var remaining = steps
  while remaining > 0 {
    unsafe takeIn(F.self, input, model: model, stream: stream)
    var layer = unsafe model.layers
    let end = unsafe layer + header.pointee.layerCount
    repeat {
      unsafe stream.kernel(of: layer).pointee.step.unsafelyUnwrapped(
        model.base, layer, stream.base)
      unsafe layer += 1
    } while unsafe layer < end
    unsafe putOut(to: output, model: model, stream: stream)
    unsafe input += header.pointee.inputSize
    unsafe output += header.pointee.outputSize
    remaining &-= 1
  }
}

/// Writes a sample where the layers read it, what is next to nothing as 0; and 0 after it, where a
/// linear layer's weights are 0 and what is left over might be no number.
@inlinable @inline(__always)
func takeIn<F: FusedMultiplyAdd>(
  _: F.Type, _ input: UnsafePointer<Float>, model: borrowing ModelImage,
  stream: borrowing StreamBlock
) {
  let size = unsafe model.header.pointee.inputSize
  let sample = unsafe stream.floats(at: model.header.pointee.input.even)
  if unsafe model.header.pointee.normalizer == 0 {
    unsafe leat_vector_take_in(sample, input, size, Least.value)
  } else {
    unsafe normalize(F.self, input, model: model, output: sample)
  }
}

/// (x - mean) / standard deviation, as PyTorch code writes it. Generic, as is whatever isn't inlined, so
/// that each set of kernels has its own.
@inlinable @inline(never)
func normalize<F: FusedMultiplyAdd>(
  _: F.Type, _ input: UnsafePointer<Float>, model: borrowing ModelImage,
  output: UnsafeMutablePointer<Float>
) {
  let size = unsafe model.header.pointee.inputSize
  let mean = unsafe model.floats(at: model.header.pointee.normalizer)
  let deviation = unsafe mean + size
  unsafe leat_vector_take_in(output, input, size, Least.bias)
  var j = 0
  while j < size {
    // Safe: the image holds size means and as many deviations.
    let difference = unsafe output[j] - mean[j]
    // Of less than 2^-64 deviations the quotient could be subnormal.
    let floor = unsafe max(deviation[j], 0x1p-60) * 0x1p-64
    let value = unsafe (difference.magnitude >= floor ? difference : 0) / deviation[j]
    unsafe output[j] = value.magnitude >= Least.value ? value : 0
    j &+= 1
  }
}

/// Copies the output out and makes the next h the current one.
@inlinable @inline(__always)
func putOut(
  to output: UnsafeMutablePointer<Float>, model: borrowing ModelImage,
  stream: borrowing StreamBlock
) {
  let result = unsafe stream.floats(at: model.header.pointee.output)
  unsafe leat_vector_copy(output, result, model.header.pointee.outputSize, 0)
  unsafe stream.header.pointee.parity ^= 1
  unsafe stream.header.pointee.position &+= 1
}
