// SPDX-License-Identifier: MIT

import CLeat
import LeatKernel

@_cdecl("leat_software_general_f32") @implementation
public func leat_software_general_f32(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
) {
  unsafe stepGeneral(
    SoftwareFMA.self, Float32Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
    stream: StreamHandle(stream))
}

@_cdecl("leat_software_general_f16") @implementation
public func leat_software_general_f16(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
) {
  unsafe stepGeneral(
    SoftwareFMA.self, Float16Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
    stream: StreamHandle(stream))
}

@_cdecl("leat_software_general_bf16") @implementation
public func leat_software_general_bf16(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
) {
  unsafe stepGeneral(
    SoftwareFMA.self, BFloat16Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
    stream: StreamHandle(stream))
}

@_cdecl("leat_software_general_i8") @implementation
public func leat_software_general_i8(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
) {
  unsafe stepGeneral(
    SoftwareFMA.self, Int8Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
    stream: StreamHandle(stream))
}
