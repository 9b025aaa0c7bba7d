// SPDX-License-Identifier: MIT
//
// A step of a model. The sample is copied into the stream's block, and normalised if the model has
// a normalizer. Then each layer of the list, in order, reads its sources and writes its output. All
// of these are in the stream's block.
//
// Nothing can fail. The inputs were checked to be within the model's limit, so no sum overflows.

import CLeat
import CVectors

/// Takes `steps` samples through the model. `outputs` may be `inputs` when their sizes are equal.
@inlinable @inline(__always)
public func runNetwork<F: FusedMultiplyAdd>(
  _: F.Type, model: borrowing ModelHandle, stream: borrowing StreamHandle, steps: Int,
  inputs: UnsafePointer<Float>, outputs: UnsafeMutablePointer<Float>
) {
  var input = unsafe inputs
  var output = unsafe outputs
  var remaining = steps
  while remaining > 0 {
    unsafe readSample(F.self, input, model: model, stream: stream)
    var layer = model.layer(0)
    var layers = model.header.layerCount
    repeat {
      stream.step(layer, model)
      layer = layer.next()
      layers &-= 1
    } while layers > 0
    unsafe writeOutput(to: output, model: model, stream: stream)
    unsafe input += model.header.inputSize
    unsafe output += model.header.outputSize
    remaining &-= 1
  }
}

/// Writes a sample where the layers read it, flushed to zero: see `Least`. Zeros follow it, since a
/// linear layer multiplies them with its padding, and what was there before may be NaN.
@inlinable @inline(__always)
func readSample<F: FusedMultiplyAdd>(
  _: F.Type, _ input: UnsafePointer<Float>, model: borrowing ModelHandle,
  stream: borrowing StreamHandle
) {
  let sample = unsafe stream.floats(at: model.header.input.even)
  if model.header.normalizer == 0 {
    unsafe leat_vector_copy_padded(sample, input, model.header.inputSize, Least.value)
  } else {
    unsafe normalize(F.self, input, model: model, output: sample)
  }
}

/// (x - mean) / standard deviation, as PyTorch code writes it. Generic, as is every function that
/// isn't inlined, so that each set of kernels has its own copy.
@inlinable @inline(never)
func normalize<F: FusedMultiplyAdd>(
  _: F.Type, _ input: UnsafePointer<Float>, model: borrowing ModelHandle,
  output: UnsafeMutablePointer<Float>
) {
  let size = model.header.inputSize
  let mean = unsafe model.floats(at: model.header.normalizer)
  let deviation = unsafe mean + size
  unsafe leat_vector_copy_padded(output, input, size, Least.bias)
  var j = 0
  while j < size {
    // Safe: the model's block holds size means and as many deviations.
    let difference = unsafe output[j] - mean[j]
    // Of less than 2^-64 deviations the quotient could be subnormal.
    let floor = unsafe max(deviation[j], 0x1p-60) * 0x1p-64
    let quotient = unsafe difference.flushed(below: floor) / deviation[j]
    unsafe output[j] = quotient.flushed(below: Least.value)
    j &+= 1
  }
}

/// Copies the model's output and makes the next h the current one.
@inlinable @inline(__always)
func writeOutput(
  to output: UnsafeMutablePointer<Float>, model: borrowing ModelHandle,
  stream: borrowing StreamHandle
) {
  let result = unsafe stream.floats(at: model.header.output)
  unsafe leat_vector_copy(output, result, model.header.outputSize, 0)
  stream.header.parity ^= 1
  stream.header.position &+= 1
}
