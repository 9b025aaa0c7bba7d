// SPDX-License-Identifier: MIT

#if arch(x86_64)
  import CLeat
  import LeatKernel

  @_cdecl("leat_avx512_gru_f32") @implementation
  public func leat_avx512_gru_f32(
    _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
  ) {
    unsafe stepGRU(
      AVX512FMA.self, Float32Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
      stream: StreamHandle(stream))
  }

  @_cdecl("leat_avx512_gru_f32_batch") @implementation
  public func leat_avx512_gru_f32_batch(
    _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!,
    _ streams: UnsafePointer<OpaquePointer?>!,
    _ count: Int
  ) {
    unsafe stepGRUBatch(
      AVX512FMA.self, Float32Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
      batch: Batch(streams, count))
  }

  @_cdecl("leat_avx512_gru_f16") @implementation
  public func leat_avx512_gru_f16(
    _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
  ) {
    unsafe stepGRU(
      AVX512FMA.self, Float16Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
      stream: StreamHandle(stream))
  }

  @_cdecl("leat_avx512_gru_f16_batch") @implementation
  public func leat_avx512_gru_f16_batch(
    _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!,
    _ streams: UnsafePointer<OpaquePointer?>!,
    _ count: Int
  ) {
    unsafe stepGRUBatch(
      AVX512FMA.self, Float16Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
      batch: Batch(streams, count))
  }

  @_cdecl("leat_avx512_gru_bf16") @implementation
  public func leat_avx512_gru_bf16(
    _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
  ) {
    unsafe stepGRU(
      AVX512FMA.self, BFloat16Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
      stream: StreamHandle(stream))
  }

  @_cdecl("leat_avx512_gru_bf16_batch") @implementation
  public func leat_avx512_gru_bf16_batch(
    _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!,
    _ streams: UnsafePointer<OpaquePointer?>!,
    _ count: Int
  ) {
    unsafe stepGRUBatch(
      AVX512FMA.self, BFloat16Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
      batch: Batch(streams, count))
  }

  @_cdecl("leat_avx512_gru_i8") @implementation
  public func leat_avx512_gru_i8(
    _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
  ) {
    unsafe stepQuantizedGRU(
      AVX512FMA.self, model: ModelHandle(model), layer: RecordHandle(layer),
      stream: StreamHandle(stream))
  }

  @_cdecl("leat_avx512_gru_i8_batch") @implementation
  public func leat_avx512_gru_i8_batch(
    _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!,
    _ streams: UnsafePointer<OpaquePointer?>!,
    _ count: Int
  ) {
    unsafe stepQuantizedGRUBatch(
      AVX512FMA.self, model: ModelHandle(model), layer: RecordHandle(layer),
      batch: Batch(streams, count))
  }
#endif
