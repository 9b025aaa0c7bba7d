// SPDX-License-Identifier: MIT
//
// An activation as a layer of its own, and the end of every layer that has one.

import CLeat

/// One step of an activation of one stream.
@inlinable @inline(__always)
func stepActivation(
  _ layer: UnsafePointer<LayerRecord>, model: borrowing ModelImage, stream: borrowing StreamBlock,
  kernels: UnsafePointer<leat_kernels>
) {
  let input = unsafe stream.floats(at: model.sources(of: layer).pointee.place)
  let output = unsafe stream.floats(at: layer.pointee.output)
  var j = 0
  while unsafe j < layer.pointee.outputSize {
    unsafe output[j] = input[j]
    j &+= 1
  }
  unsafe finish(layer, output, kernels: kernels)
}

/// What comes after a layer's own outputs: its activation.
@inlinable @inline(__always)
func finish(
  _ layer: UnsafePointer<LayerRecord>, _ output: UnsafeMutablePointer<Float>,
  kernels: UnsafePointer<leat_kernels>
) {
  let count = unsafe layer.pointee.outputSize
  if unsafe layer.pointee.isRead { unsafe fillUp(output, count: count) }
  let kernels = unsafe kernels.pointee.activations
  let kernel: (@convention(c) (UnsafeMutablePointer<Float>?, Int) -> Void)?
  switch unsafe layer.pointee.activation {
  case .none: return
  case .relu: unsafe kernel = kernels.relu
  case .sigmoid: unsafe kernel = kernels.sigmoid
  case .tanh: unsafe kernel = kernels.tanh
  case .softmax: unsafe kernel = kernels.softmax
  }
  // Safe: a model is made only with the kernels it needs.
  unsafe kernel.unsafelyUnwrapped(output, count)
}

/// Puts 0 after the outputs of a layer, up to the next multiple of 8, which a layer that reads them
/// multiplies with weights that are 0: what is left over there might be no number.
@inlinable @inline(__always)
func fillUp(_ output: UnsafeMutablePointer<Float>, count: Int) {
  var filler = count
  while filler & 7 != 0 {
    unsafe output[filler] = 0
    filler &+= 1
  }
}
