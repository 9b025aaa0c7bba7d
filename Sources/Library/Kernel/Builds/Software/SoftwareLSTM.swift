// SPDX-License-Identifier: MIT

import CLeat
import LeatKernel

@_cdecl("leat_software_lstm_f32") @implementation
public func leat_software_lstm_f32(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
) {
  unsafe stepLSTM(
    SoftwareFMA.self, Float32Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
    stream: StreamHandle(stream))
}

@_cdecl("leat_software_lstm_f16") @implementation
public func leat_software_lstm_f16(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
) {
  unsafe stepLSTM(
    SoftwareFMA.self, Float16Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
    stream: StreamHandle(stream))
}

@_cdecl("leat_software_lstm_bf16") @implementation
public func leat_software_lstm_bf16(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
) {
  unsafe stepLSTM(
    SoftwareFMA.self, BFloat16Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
    stream: StreamHandle(stream))
}

@_cdecl("leat_software_lstm_i8") @implementation
public func leat_software_lstm_i8(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
) {
  unsafe stepQuantizedLSTM(
    SoftwareFMA.self, model: ModelHandle(model), layer: RecordHandle(layer),
    stream: StreamHandle(stream))
}
