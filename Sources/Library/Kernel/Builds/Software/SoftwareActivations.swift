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
public func leat_software_relu(_ values: UnsafeMutablePointer<Float>!, _ count: Int) {
  unsafe applyRelu(values, count: count)
}

@_cdecl("leat_software_sigmoid") @implementation
public func leat_software_sigmoid(_ values: UnsafeMutablePointer<Float>!, _ count: Int) {
  unsafe applySigmoid(SoftwareFMA.self, values, count: count)
}

@_cdecl("leat_software_tanh") @implementation
public func leat_software_tanh(_ values: UnsafeMutablePointer<Float>!, _ count: Int) {
  unsafe applyTanh(SoftwareFMA.self, values, count: count)
}

@_cdecl("leat_software_softmax") @implementation
public func leat_software_softmax(_ values: UnsafeMutablePointer<Float>!, _ count: Int) {
  unsafe applySoftmax(SoftwareFMA.self, values, count: count)
}
