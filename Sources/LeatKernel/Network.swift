// SPDX-License-Identifier: MIT
//
// A step: the sample is taken in, normalised if the model says so, then goes through the layers in
// the order of the list; each reads its sources and writes its output, all in the stream's block.
//
// Everything was checked before: the inputs are within the model's limit, so no sum overflows and
// nothing can fail.

import CLeat

/// Takes `steps` samples through the whole model. `outputs` may be `inputs` when their sizes are
/// equal.
@inlinable @inline(__always)
public func run<F: FusedMultiplyAdd>(
  _: F.Type, model: borrowing ModelImage, stream: borrowing StreamBlock, steps: Int,
  inputs: UnsafePointer<Float>, outputs: UnsafeMutablePointer<Float>
) {
  let header = unsafe model.header
  let kernels = unsafe stream.header.pointee.kernels
  var input = unsafe inputs
  var output = unsafe outputs
  var remaining = steps
  while remaining > 0 {
    unsafe takeIn(input, model: model, stream: stream)
    var layer = unsafe model.layers
    var layers = unsafe header.pointee.layerCount
    while layers > 0 {
      switch unsafe layer.pointee.kind {
      case .lstm: unsafe stepLSTM(layer, model: model, stream: stream, kernels: kernels)
      case .linear:
        unsafe stepLinear(F.self, layer, model: model, stream: stream, kernels: kernels)
      case .activation:
        unsafe stepActivation(layer, model: model, stream: stream, kernels: kernels)
      }
      unsafe layer += 1
      layers &-= 1
    }
    unsafe putOut(to: output, model: model, stream: stream)
    unsafe input += header.pointee.inputSize
    unsafe output += header.pointee.outputSize
    remaining &-= 1
  }
}

/// Writes a sample where the layers read it: (x - mean) / standard deviation, as PyTorch code writes
/// it, or the sample itself; and 0 after it, since other layers' integers may have been there.
@inlinable @inline(__always)
func takeIn(
  _ input: UnsafePointer<Float>, model: borrowing ModelImage, stream: borrowing StreamBlock
) {
  let size = unsafe model.header.pointee.inputSize
  let sample = unsafe stream.floats(at: model.header.pointee.input.even)
  var j = 0
  if unsafe model.header.pointee.normalizer != 0 {
    let mean = unsafe model.floats(at: model.header.pointee.normalizer)
    let deviation = unsafe mean + size
    while j < size {
      // Safe: the image holds size means and as many deviations.
      unsafe sample[j] = (input[j] - mean[j]) / deviation[j]
      j &+= 1
    }
  } else {
    while j < size {
      unsafe sample[j] = input[j]
      j &+= 1
    }
  }
  unsafe fillUp(sample, count: size)
}

/// Copies the output out and makes the next h the current one.
@inlinable @inline(__always)
func putOut(
  to output: UnsafeMutablePointer<Float>, model: borrowing ModelImage,
  stream: borrowing StreamBlock
) {
  let result = unsafe stream.floats(at: model.header.pointee.output)
  let size = unsafe model.header.pointee.outputSize
  var j = 0
  while j < size {
    // Safe: the result is a region of the stream of at least outputSize floats.
    unsafe output[j] = result[j]
    j &+= 1
  }
  unsafe stream.header.pointee.parity ^= 1
  unsafe stream.header.pointee.position &+= 1
}
