// SPDX-License-Identifier: MIT

#if arch(x86_64)
  import CLeat
  import LeatKernel

  @_cdecl("leat_avx512_linear_f32") @implementation
  public func leat_avx512_linear_f32(
    _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
  ) {
    unsafe stepLinear(
      AVX512FMA.self, Float32Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
      stream: StreamHandle(stream))
  }

  @_cdecl("leat_avx512_linear_f32_batch") @implementation
  public func leat_avx512_linear_f32_batch(
    _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!,
    _ streams: UnsafePointer<OpaquePointer?>!,
    _ count: Int
  ) {
    unsafe stepLinearBatch(
      AVX512FMA.self, Float32Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
      batch: Batch(streams, count))
  }

  @_cdecl("leat_avx512_linear_f16") @implementation
  public func leat_avx512_linear_f16(
    _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
  ) {
    unsafe stepLinear(
      AVX512FMA.self, Float16Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
      stream: StreamHandle(stream))
  }

  @_cdecl("leat_avx512_linear_f16_batch") @implementation
  public func leat_avx512_linear_f16_batch(
    _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!,
    _ streams: UnsafePointer<OpaquePointer?>!,
    _ count: Int
  ) {
    unsafe stepLinearBatch(
      AVX512FMA.self, Float16Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
      batch: Batch(streams, count))
  }

  @_cdecl("leat_avx512_linear_bf16") @implementation
  public func leat_avx512_linear_bf16(
    _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
  ) {
    unsafe stepLinear(
      AVX512FMA.self, BFloat16Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
      stream: StreamHandle(stream))
  }

  @_cdecl("leat_avx512_linear_bf16_batch") @implementation
  public func leat_avx512_linear_bf16_batch(
    _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!,
    _ streams: UnsafePointer<OpaquePointer?>!,
    _ count: Int
  ) {
    unsafe stepLinearBatch(
      AVX512FMA.self, BFloat16Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
      batch: Batch(streams, count))
  }

  @_cdecl("leat_avx512_linear_i8") @implementation
  public func leat_avx512_linear_i8(
    _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
  ) {
    unsafe stepLinear(
      AVX512FMA.self, Int8Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
      stream: StreamHandle(stream))
  }

  @_cdecl("leat_avx512_linear_i8_batch") @implementation
  public func leat_avx512_linear_i8_batch(
    _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!,
    _ streams: UnsafePointer<OpaquePointer?>!,
    _ count: Int
  ) {
    unsafe stepLinearBatch(
      AVX512FMA.self, Int8Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
      batch: Batch(streams, count))
  }

  @_cdecl("leat_avx512_rows_f32") @implementation
  public func leat_avx512_rows_f32(
    _ model: UnsafeRawPointer!, _ matrix: UnsafeRawPointer!, _ first: Int, _ end: Int,
    _ input: UnsafePointer<Float>!, _ output: UnsafeMutablePointer<Float>!
  ) {
    unsafe multiplyRowsShared(
      AVX512FMA.self, Float32Weights.self, model: ModelHandle(model), matrix: RecordHandle(matrix),
      from: first, upTo: end, input: input, output: output)
  }

  @_cdecl("leat_avx512_rows_f16") @implementation
  public func leat_avx512_rows_f16(
    _ model: UnsafeRawPointer!, _ matrix: UnsafeRawPointer!, _ first: Int, _ end: Int,
    _ input: UnsafePointer<Float>!, _ output: UnsafeMutablePointer<Float>!
  ) {
    unsafe multiplyRowsShared(
      AVX512FMA.self, Float16Weights.self, model: ModelHandle(model), matrix: RecordHandle(matrix),
      from: first, upTo: end, input: input, output: output)
  }

  @_cdecl("leat_avx512_rows_bf16") @implementation
  public func leat_avx512_rows_bf16(
    _ model: UnsafeRawPointer!, _ matrix: UnsafeRawPointer!, _ first: Int, _ end: Int,
    _ input: UnsafePointer<Float>!, _ output: UnsafeMutablePointer<Float>!
  ) {
    unsafe multiplyRowsShared(
      AVX512FMA.self, BFloat16Weights.self, model: ModelHandle(model), matrix: RecordHandle(matrix),
      from: first, upTo: end, input: input, output: output)
  }

  @_cdecl("leat_avx512_rows_i8") @implementation
  public func leat_avx512_rows_i8(
    _ model: UnsafeRawPointer!, _ matrix: UnsafeRawPointer!, _ first: Int, _ end: Int,
    _ input: UnsafePointer<Float>!, _ output: UnsafeMutablePointer<Float>!
  ) {
    unsafe multiplyRowsShared(
      AVX512FMA.self, Int8Weights.self, model: ModelHandle(model), matrix: RecordHandle(matrix),
      from: first, upTo: end, input: input, output: output)
  }
#endif
