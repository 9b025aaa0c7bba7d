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
public func leat_fma_relu(_ values: UnsafeMutablePointer<Float>!, _ count: Int) {
  unsafe applyRelu(values, count: count)
}

@_cdecl("leat_fma_sigmoid") @implementation
public func leat_fma_sigmoid(_ values: UnsafeMutablePointer<Float>!, _ count: Int) {
  unsafe applySigmoid(HardwareFMA.self, values, count: count)
}

@_cdecl("leat_fma_tanh") @implementation
public func leat_fma_tanh(_ values: UnsafeMutablePointer<Float>!, _ count: Int) {
  unsafe applyTanh(HardwareFMA.self, values, count: count)
}

@_cdecl("leat_fma_softmax") @implementation
public func leat_fma_softmax(_ values: UnsafeMutablePointer<Float>!, _ count: Int) {
  unsafe applySoftmax(HardwareFMA.self, values, count: count)
}
