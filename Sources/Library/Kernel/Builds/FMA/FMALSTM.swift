// SPDX-License-Identifier: MIT

import CLeat
import LeatKernel

@_cdecl("leat_fma_lstm_f32") @implementation
public func leat_fma_lstm_f32(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
) {
  unsafe stepLSTM(
    HardwareFMA.self, Float32Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
    stream: StreamHandle(stream))
}

@_cdecl("leat_fma_lstm_f32_batch") @implementation
public func leat_fma_lstm_f32_batch(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ streams: UnsafePointer<OpaquePointer?>!,
  _ count: Int
) {
  unsafe stepLSTMBatch(
    HardwareFMA.self, Float32Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
    batch: Batch(streams, count))
}

@_cdecl("leat_fma_lstm_f16") @implementation
public func leat_fma_lstm_f16(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
) {
  unsafe stepLSTM(
    HardwareFMA.self, Float16Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
    stream: StreamHandle(stream))
}

@_cdecl("leat_fma_lstm_f16_batch") @implementation
public func leat_fma_lstm_f16_batch(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ streams: UnsafePointer<OpaquePointer?>!,
  _ count: Int
) {
  unsafe stepLSTMBatch(
    HardwareFMA.self, Float16Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
    batch: Batch(streams, count))
}

@_cdecl("leat_fma_lstm_bf16") @implementation
public func leat_fma_lstm_bf16(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
) {
  unsafe stepLSTM(
    HardwareFMA.self, BFloat16Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
    stream: StreamHandle(stream))
}

@_cdecl("leat_fma_lstm_bf16_batch") @implementation
public func leat_fma_lstm_bf16_batch(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ streams: UnsafePointer<OpaquePointer?>!,
  _ count: Int
) {
  unsafe stepLSTMBatch(
    HardwareFMA.self, BFloat16Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
    batch: Batch(streams, count))
}

@_cdecl("leat_fma_lstm_i8") @implementation
public func leat_fma_lstm_i8(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
) {
  unsafe stepQuantizedLSTM(
    HardwareFMA.self, model: ModelHandle(model), layer: RecordHandle(layer),
    stream: StreamHandle(stream))
}

@_cdecl("leat_fma_lstm_i8_batch") @implementation
public func leat_fma_lstm_i8_batch(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ streams: UnsafePointer<OpaquePointer?>!,
  _ count: Int
) {
  unsafe stepQuantizedLSTMBatch(
    HardwareFMA.self, model: ModelHandle(model), layer: RecordHandle(layer),
    batch: Batch(streams, count))
}
