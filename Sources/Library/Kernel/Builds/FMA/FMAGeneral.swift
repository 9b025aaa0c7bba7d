// SPDX-License-Identifier: MIT

import CLeat
import LeatKernel

@_cdecl("leat_fma_general_f32") @implementation
public func leat_fma_general_f32(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
) {
  unsafe stepGeneral(
    HardwareFMA.self, Float32Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
    stream: StreamHandle(stream))
}

@_cdecl("leat_fma_general_f16") @implementation
public func leat_fma_general_f16(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
) {
  unsafe stepGeneral(
    HardwareFMA.self, Float16Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
    stream: StreamHandle(stream))
}

@_cdecl("leat_fma_general_bf16") @implementation
public func leat_fma_general_bf16(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
) {
  unsafe stepGeneral(
    HardwareFMA.self, BFloat16Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
    stream: StreamHandle(stream))
}

@_cdecl("leat_fma_general_i8") @implementation
public func leat_fma_general_i8(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
) {
  unsafe stepGeneral(
    HardwareFMA.self, Int8Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
    stream: StreamHandle(stream))
}
