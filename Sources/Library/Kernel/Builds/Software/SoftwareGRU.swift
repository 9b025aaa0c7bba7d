// SPDX-License-Identifier: MIT

import CLeat
import LeatKernel

@_cdecl("leat_software_gru_f32") @implementation
public func leat_software_gru_f32(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
) {
  unsafe stepGRU(
    SoftwareFMA.self, Float32Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
    stream: StreamHandle(stream))
}

@_cdecl("leat_software_gru_f16") @implementation
public func leat_software_gru_f16(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
) {
  unsafe stepGRU(
    SoftwareFMA.self, Float16Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
    stream: StreamHandle(stream))
}

@_cdecl("leat_software_gru_bf16") @implementation
public func leat_software_gru_bf16(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
) {
  unsafe stepGRU(
    SoftwareFMA.self, BFloat16Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
    stream: StreamHandle(stream))
}

@_cdecl("leat_software_gru_i8") @implementation
public func leat_software_gru_i8(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
) {
  unsafe stepQuantizedGRU(
    SoftwareFMA.self, model: ModelHandle(model), layer: RecordHandle(layer),
    stream: StreamHandle(stream))
}
