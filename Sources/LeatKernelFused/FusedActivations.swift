// SPDX-License-Identifier: MIT

import CLeat
import LeatKernel

@_cdecl("leat_fused_activation") @implementation
public func leat_fused_activation(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
) {
  unsafe stepActivation(
    model: ModelImage(model), layer: layer.layerRecord, stream: StreamBlock(stream))
}

@_cdecl("leat_fused_relu") @implementation
public func leat_fused_relu(_ values: UnsafeMutablePointer<Float>!, _ count: Int) {
  unsafe applyRelu(values, count: count)
}

@_cdecl("leat_fused_sigmoid") @implementation
public func leat_fused_sigmoid(_ values: UnsafeMutablePointer<Float>!, _ count: Int) {
  unsafe applySigmoid(HardwareFMA.self, values, count: count)
}

@_cdecl("leat_fused_tanh") @implementation
public func leat_fused_tanh(_ values: UnsafeMutablePointer<Float>!, _ count: Int) {
  unsafe applyTanh(HardwareFMA.self, values, count: count)
}

@_cdecl("leat_fused_softmax") @implementation
public func leat_fused_softmax(_ values: UnsafeMutablePointer<Float>!, _ count: Int) {
  unsafe applySoftmax(HardwareFMA.self, values, count: count)
}
