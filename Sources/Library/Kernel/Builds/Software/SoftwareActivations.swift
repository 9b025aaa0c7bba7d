// SPDX-License-Identifier: MIT

import CLeat
import LeatKernel

@_cdecl("leat_software_activation") @implementation
public func leat_software_activation(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
) {
  unsafe stepActivation(
    model: ModelHandle(model), layer: RecordHandle(layer), stream: StreamHandle(stream))
}

@_cdecl("leat_software_relu") @implementation
public func leat_software_relu(
  _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ _: UnsafePointer<Float>!
) {
  unsafe applyRelu(values, count: count)
}

@_cdecl("leat_software_sigmoid") @implementation
public func leat_software_sigmoid(
  _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ _: UnsafePointer<Float>!
) {
  unsafe applySigmoid(SoftwareFMA.self, values, count: count)
}

@_cdecl("leat_software_tanh") @implementation
public func leat_software_tanh(
  _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ _: UnsafePointer<Float>!
) {
  unsafe applyTanh(SoftwareFMA.self, values, count: count)
}

@_cdecl("leat_software_softmax") @implementation
public func leat_software_softmax(
  _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ _: UnsafePointer<Float>!
) {
  unsafe applySoftmax(SoftwareFMA.self, values, count: count)
}

@_cdecl("leat_software_leaky_relu") @implementation
public func leat_software_leaky_relu(
  _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ parameters: UnsafePointer<Float>!
) {
  unsafe applyLeakyRelu(values, count: count, parameters)
}

@_cdecl("leat_software_elu") @implementation
public func leat_software_elu(
  _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ parameters: UnsafePointer<Float>!
) {
  unsafe applyElu(SoftwareFMA.self, values, count: count, parameters)
}

@_cdecl("leat_software_gelu") @implementation
public func leat_software_gelu(
  _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ _: UnsafePointer<Float>!
) {
  unsafe applyGelu(SoftwareFMA.self, values, count: count)
}

@_cdecl("leat_software_gelu_tanh") @implementation
public func leat_software_gelu_tanh(
  _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ _: UnsafePointer<Float>!
) {
  unsafe applyGeluTanh(SoftwareFMA.self, values, count: count)
}

@_cdecl("leat_software_silu") @implementation
public func leat_software_silu(
  _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ _: UnsafePointer<Float>!
) {
  unsafe applySilu(SoftwareFMA.self, values, count: count)
}

@_cdecl("leat_software_softplus") @implementation
public func leat_software_softplus(
  _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ parameters: UnsafePointer<Float>!
) {
  unsafe applySoftplus(SoftwareFMA.self, values, count: count, parameters)
}

@_cdecl("leat_software_softsign") @implementation
public func leat_software_softsign(
  _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ _: UnsafePointer<Float>!
) {
  unsafe applySoftsign(values, count: count)
}

@_cdecl("leat_software_hard_sigmoid") @implementation
public func leat_software_hard_sigmoid(
  _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ parameters: UnsafePointer<Float>!
) {
  unsafe applyHardSigmoid(SoftwareFMA.self, values, count: count, parameters)
}

@_cdecl("leat_software_hardtanh") @implementation
public func leat_software_hardtanh(
  _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ parameters: UnsafePointer<Float>!
) {
  unsafe applyHardtanh(values, count: count, parameters)
}

@_cdecl("leat_software_hardswish") @implementation
public func leat_software_hardswish(
  _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ _: UnsafePointer<Float>!
) {
  unsafe applyHardswish(values, count: count)
}

@_cdecl("leat_software_prelu") @implementation
public func leat_software_prelu(
  _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ parameters: UnsafePointer<Float>!
) {
  unsafe applyPrelu(values, count: count, parameters)
}

@_cdecl("leat_software_log_softmax") @implementation
public func leat_software_log_softmax(
  _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ _: UnsafePointer<Float>!
) {
  unsafe applyLogSoftmax(SoftwareFMA.self, values, count: count)
}
