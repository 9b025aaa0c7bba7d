// SPDX-License-Identifier: MIT
//
// An activation as a layer, and the activation at the end of a linear layer. The functions are
// kernels of their own, so that a program links those that its models use: see leat_kernels.h.

import CLeat
import CVectors

/// A step of an activation layer.
@inlinable @inline(__always)
public func stepActivation(
  model: borrowing ModelHandle, layer: RecordHandle<LayerRecord>, stream: borrowing StreamHandle
) {
  let output = unsafe stream.floats(at: layer.value.output)
  unsafe leat_vector_copy(output, stream.input(of: layer, model), layer.value.outputSize, 0)
  unsafe finishOutput(model, layer, output, stream)
}

/// Applies the activation of a layer to its outputs. If another layer reads them, flushes them to
/// zero: see `Least`.
@inlinable @inline(__always)
func finishOutput(
  _ model: borrowing ModelHandle, _ layer: RecordHandle<LayerRecord>,
  _ output: UnsafeMutablePointer<Float>, _ stream: borrowing StreamHandle
) {
  let count = layer.value.outputSize
  if layer.value.activation.activation != .none {
    unsafe padWithZeros(output, count: count)
    unsafe layer.value.activation.apply(to: output, count: count, model, stream)
  }
  guard layer.value.isRead else { return }
  unsafe leat_vector_copy(output, output, count, Least.value)
  unsafe padWithZeros(output, count: count)
}

/// `finishOutput`, not inlined, so that a linear layer that has no activation and that no layer reads,
/// as most heads, doesn't wait for its preparations. Generic, so that each set of kernels has its own
/// copy.
@inlinable @inline(never)
func finishOutputShared<F: FusedMultiplyAdd>(
  _: F.Type, _ model: borrowing ModelHandle, _ layer: RecordHandle<LayerRecord>,
  _ output: UnsafeMutablePointer<Float>, _ stream: borrowing StreamHandle
) {
  unsafe finishOutput(model, layer, output, stream)
}

extension ActivationRecord {
  /// Applies the activation to `count` values, which are padded to a multiple of 8.
  @inlinable @inline(__always)
  func apply(
    to values: UnsafeMutablePointer<Float>, count: Int, _ model: borrowing ModelHandle,
    _ stream: borrowing StreamHandle
  ) {
    let kernels = unsafe stream.header.kernels
    let function:
      (@convention(c) (UnsafeMutablePointer<Float>?, Int, UnsafePointer<Float>?) -> Void)?
    switch activation {
    case .none: return
    case .relu: unsafe function = kernels.pointee.function.relu
    case .sigmoid: unsafe function = kernels.pointee.function.sigmoid
    case .tanh: unsafe function = kernels.pointee.function.tanh
    case .softmax: unsafe function = kernels.pointee.function.softmax
    case .leakyRelu: unsafe function = kernels.pointee.function.leaky_relu
    case .elu: unsafe function = kernels.pointee.function.elu
    case .gelu: unsafe function = kernels.pointee.function.gelu
    case .geluTanh: unsafe function = kernels.pointee.function.gelu_tanh
    case .silu: unsafe function = kernels.pointee.function.silu
    case .softplus: unsafe function = kernels.pointee.function.softplus
    case .softsign: unsafe function = kernels.pointee.function.softsign
    case .hardSigmoid: unsafe function = kernels.pointee.function.hard_sigmoid
    case .hardtanh: unsafe function = kernels.pointee.function.hardtanh
    case .hardswish: unsafe function = kernels.pointee.function.hardswish
    case .prelu: unsafe function = kernels.pointee.function.prelu
    case .logSoftmax: unsafe function = kernels.pointee.function.log_softmax
    }
    // Safe: a model is made only with the kernels that its layers need.
    unsafe function.unsafelyUnwrapped(values, count, model.floats(at: parameters))
  }
}

/// Writes zeros after `count` values, up to a multiple of 8. Functions and layers compute with
/// these places too, and what was there before may be NaN.
@inlinable @inline(__always)
func padWithZeros(_ output: UnsafeMutablePointer<Float>, count: Int) {
  var place = count
  while place & 7 != 0 {
    unsafe output[place] = 0
    place &+= 1
  }
}
