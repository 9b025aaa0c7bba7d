// SPDX-License-Identifier: MIT

import CLeat
import LeatKernel

@_cdecl("leat_fma_activation") @implementation
public func leat_fma_activation(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
) {
  unsafe stepActivation(
    model: ModelHandle(model), layer: RecordHandle(layer), stream: StreamHandle(stream))
}

@_cdecl("leat_fma_relu") @implementation
public func leat_fma_relu(
  _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ _: UnsafePointer<Float>!
) {
  unsafe applyRelu(values, count: count)
}

@_cdecl("leat_fma_sigmoid") @implementation
public func leat_fma_sigmoid(
  _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ _: UnsafePointer<Float>!
) {
  unsafe applySigmoid(HardwareFMA.self, values, count: count)
}

@_cdecl("leat_fma_tanh") @implementation
public func leat_fma_tanh(
  _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ _: UnsafePointer<Float>!
) {
  unsafe applyTanh(HardwareFMA.self, values, count: count)
}

@_cdecl("leat_fma_softmax") @implementation
public func leat_fma_softmax(
  _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ _: UnsafePointer<Float>!
) {
  unsafe applySoftmax(HardwareFMA.self, values, count: count)
}

@_cdecl("leat_fma_leaky_relu") @implementation
public func leat_fma_leaky_relu(
  _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ parameters: UnsafePointer<Float>!
) {
  unsafe applyLeakyRelu(values, count: count, parameters)
}

@_cdecl("leat_fma_elu") @implementation
public func leat_fma_elu(
  _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ parameters: UnsafePointer<Float>!
) {
  unsafe applyElu(HardwareFMA.self, values, count: count, parameters)
}

@_cdecl("leat_fma_gelu") @implementation
public func leat_fma_gelu(
  _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ _: UnsafePointer<Float>!
) {
  unsafe applyGelu(HardwareFMA.self, values, count: count)
}

@_cdecl("leat_fma_gelu_tanh") @implementation
public func leat_fma_gelu_tanh(
  _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ _: UnsafePointer<Float>!
) {
  unsafe applyGeluTanh(HardwareFMA.self, values, count: count)
}

@_cdecl("leat_fma_silu") @implementation
public func leat_fma_silu(
  _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ _: UnsafePointer<Float>!
) {
  unsafe applySilu(HardwareFMA.self, values, count: count)
}

@_cdecl("leat_fma_softplus") @implementation
public func leat_fma_softplus(
  _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ parameters: UnsafePointer<Float>!
) {
  unsafe applySoftplus(HardwareFMA.self, values, count: count, parameters)
}

@_cdecl("leat_fma_softsign") @implementation
public func leat_fma_softsign(
  _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ _: UnsafePointer<Float>!
) {
  unsafe applySoftsign(values, count: count)
}

@_cdecl("leat_fma_hard_sigmoid") @implementation
public func leat_fma_hard_sigmoid(
  _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ parameters: UnsafePointer<Float>!
) {
  unsafe applyHardSigmoid(HardwareFMA.self, values, count: count, parameters)
}

@_cdecl("leat_fma_hardtanh") @implementation
public func leat_fma_hardtanh(
  _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ parameters: UnsafePointer<Float>!
) {
  unsafe applyHardtanh(values, count: count, parameters)
}

@_cdecl("leat_fma_hardswish") @implementation
public func leat_fma_hardswish(
  _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ _: UnsafePointer<Float>!
) {
  unsafe applyHardswish(values, count: count)
}

@_cdecl("leat_fma_prelu") @implementation
public func leat_fma_prelu(
  _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ parameters: UnsafePointer<Float>!
) {
  unsafe applyPrelu(values, count: count, parameters)
}

@_cdecl("leat_fma_log_softmax") @implementation
public func leat_fma_log_softmax(
  _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ _: UnsafePointer<Float>!
) {
  unsafe applyLogSoftmax(HardwareFMA.self, values, count: count)
}
