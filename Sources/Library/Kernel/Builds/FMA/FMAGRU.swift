// SPDX-License-Identifier: MIT

import CLeat
import LeatKernel

@_cdecl("leat_fma_gru_f32") @implementation
public func leat_fma_gru_f32(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
) {
  unsafe stepGRU(
    HardwareFMA.self, Float32Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
    stream: StreamHandle(stream))
}

@_cdecl("leat_fma_gru_f32_batch") @implementation
public func leat_fma_gru_f32_batch(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ streams: UnsafePointer<OpaquePointer?>!,
  _ count: Int
) {
  unsafe stepGRUBatch(
    HardwareFMA.self, Float32Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
    batch: Batch(streams, count))
}

@_cdecl("leat_fma_gru_f16") @implementation
public func leat_fma_gru_f16(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
) {
  unsafe stepGRU(
    HardwareFMA.self, Float16Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
    stream: StreamHandle(stream))
}

@_cdecl("leat_fma_gru_f16_batch") @implementation
public func leat_fma_gru_f16_batch(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ streams: UnsafePointer<OpaquePointer?>!,
  _ count: Int
) {
  unsafe stepGRUBatch(
    HardwareFMA.self, Float16Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
    batch: Batch(streams, count))
}

@_cdecl("leat_fma_gru_bf16") @implementation
public func leat_fma_gru_bf16(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
) {
  unsafe stepGRU(
    HardwareFMA.self, BFloat16Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
    stream: StreamHandle(stream))
}

@_cdecl("leat_fma_gru_bf16_batch") @implementation
public func leat_fma_gru_bf16_batch(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ streams: UnsafePointer<OpaquePointer?>!,
  _ count: Int
) {
  unsafe stepGRUBatch(
    HardwareFMA.self, BFloat16Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
    batch: Batch(streams, count))
}

@_cdecl("leat_fma_gru_i8") @implementation
public func leat_fma_gru_i8(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
) {
  unsafe stepQuantizedGRU(
    HardwareFMA.self, model: ModelHandle(model), layer: RecordHandle(layer),
    stream: StreamHandle(stream))
}

@_cdecl("leat_fma_gru_i8_batch") @implementation
public func leat_fma_gru_i8_batch(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ streams: UnsafePointer<OpaquePointer?>!,
  _ count: Int
) {
  unsafe stepQuantizedGRUBatch(
    HardwareFMA.self, model: ModelHandle(model), layer: RecordHandle(layer),
    batch: Batch(streams, count))
}
