// SPDX-License-Identifier: MIT

import CLeat
import LeatKernel

@_cdecl("leat_software_rnn_f32") @implementation
public func leat_software_rnn_f32(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
) {
  unsafe stepRNN(
    SoftwareFMA.self, Float32Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
    stream: StreamHandle(stream))
}

@_cdecl("leat_software_rnn_f16") @implementation
public func leat_software_rnn_f16(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
) {
  unsafe stepRNN(
    SoftwareFMA.self, Float16Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
    stream: StreamHandle(stream))
}

@_cdecl("leat_software_rnn_bf16") @implementation
public func leat_software_rnn_bf16(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
) {
  unsafe stepRNN(
    SoftwareFMA.self, BFloat16Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
    stream: StreamHandle(stream))
}

@_cdecl("leat_software_rnn_i8") @implementation
public func leat_software_rnn_i8(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
) {
  unsafe stepQuantizedRNN(
    SoftwareFMA.self, model: ModelHandle(model), layer: RecordHandle(layer),
    stream: StreamHandle(stream))
}
