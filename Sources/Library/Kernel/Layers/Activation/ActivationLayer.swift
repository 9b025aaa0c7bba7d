// SPDX-License-Identifier: MIT
//
// An activation as a layer of its own, and the end of every layer that has one.

import CLeat
import CVectors

/// One step of an activation.
@inlinable @inline(__always)
public func stepActivation(
  model: borrowing ModelImage, layer: UnsafePointer<LayerRecord>, stream: borrowing StreamBlock
) {
  let input = unsafe stream.floats(at: model.sources(of: layer).pointee.place)
  let output = unsafe stream.floats(at: layer.pointee.output)
  unsafe leat_vector_copy(output, input, layer.pointee.outputSize, 0)
  unsafe finish(layer, output, stream)
}

/// What comes after a layer's own outputs: its activation; and where a layer reads them, 0 for what is
/// next to nothing.
@inlinable @inline(__always)
func finish(
  _ layer: UnsafePointer<LayerRecord>, _ output: UnsafeMutablePointer<Float>,
  _ stream: borrowing StreamBlock
) {
  let count = unsafe layer.pointee.outputSize
  unsafe activate(layer, output, stream)
  guard unsafe layer.pointee.isRead else { return }
  unsafe leat_vector_copy(output, output, count, Least.value)
  unsafe fillUp(output, count: count)
}

@inlinable @inline(__always)
func activate(
  _ layer: UnsafePointer<LayerRecord>, _ output: UnsafeMutablePointer<Float>,
  _ stream: borrowing StreamBlock
) {
  let kernels = unsafe stream.header.pointee.kernels
  let function: (@convention(c) (UnsafeMutablePointer<Float>?, Int) -> Void)?
  switch unsafe layer.pointee.activation {
  case .none: return
  case .relu: unsafe function = kernels.pointee.function.relu
  case .sigmoid: unsafe function = kernels.pointee.function.sigmoid
  case .tanh: unsafe function = kernels.pointee.function.tanh
  case .softmax: unsafe function = kernels.pointee.function.softmax
  }
  unsafe fillUp(output, count: layer.pointee.outputSize)
  // Safe: a model is made only with the kernels that its layers need.
  unsafe function.unsafelyUnwrapped(output, layer.pointee.outputSize)
}

/// Puts 0 after the last of `count` values, up to a multiple of 8, which functions and layers compute
/// with: what is left over there might be no number.
@inlinable @inline(__always)
func fillUp(_ output: UnsafeMutablePointer<Float>, count: Int) {
  var filler = count
  while filler & 7 != 0 {
    unsafe output[filler] = 0
    filler &+= 1
  }
}
