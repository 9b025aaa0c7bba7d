// SPDX-License-Identifier: MIT

#if arch(x86_64) || arch(arm64)
  import CLeat
  import LeatKernel

  /// As in LeatKernelFMA, but a type of its own: what the compiler makes of the kernels for one
  /// type must not end up in both modules.
  enum DotFMA: FusedMultiplyAdd {
    typealias Integers = ByteProducts
    static var sharesCode: Bool { @inline(__always) get { false } }

    @inline(__always)
    static func fma(_ a: Lanes, _ b: Lanes, _ c: Lanes) -> Lanes { c.addingProduct(a, b) }
  }

  // The kernels for a processor with dot products of bytes: an x86-64 with AVX-VNNI, and an arm64
  // with Armv8.2's. Only these differ from the kernels with fused multiply-add.

  @_cdecl("leat_dot_lstm_i8") @implementation
  public func leat_dot_lstm_i8(
    _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
  ) {
    unsafe stepQuantizedLSTM(
      DotFMA.self, model: ModelHandle(model), layer: RecordHandle(layer),
      stream: StreamHandle(stream))
  }

  @_cdecl("leat_dot_lstm_i8_batch") @implementation
  public func leat_dot_lstm_i8_batch(
    _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!,
    _ streams: UnsafePointer<OpaquePointer?>!, _ count: Int
  ) {
    unsafe stepQuantizedLSTMBatch(
      DotFMA.self, model: ModelHandle(model), layer: RecordHandle(layer),
      batch: Batch(streams, count))
  }

  @_cdecl("leat_dot_rnn_i8") @implementation
  public func leat_dot_rnn_i8(
    _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
  ) {
    unsafe stepQuantizedRNN(
      DotFMA.self, model: ModelHandle(model), layer: RecordHandle(layer),
      stream: StreamHandle(stream))
  }

  @_cdecl("leat_dot_rnn_i8_batch") @implementation
  public func leat_dot_rnn_i8_batch(
    _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!,
    _ streams: UnsafePointer<OpaquePointer?>!, _ count: Int
  ) {
    unsafe stepQuantizedRNNBatch(
      DotFMA.self, model: ModelHandle(model), layer: RecordHandle(layer),
      batch: Batch(streams, count))
  }

  @_cdecl("leat_dot_gru_i8") @implementation
  public func leat_dot_gru_i8(
    _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
  ) {
    unsafe stepQuantizedGRU(
      DotFMA.self, model: ModelHandle(model), layer: RecordHandle(layer),
      stream: StreamHandle(stream))
  }

  @_cdecl("leat_dot_gru_i8_batch") @implementation
  public func leat_dot_gru_i8_batch(
    _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!,
    _ streams: UnsafePointer<OpaquePointer?>!, _ count: Int
  ) {
    unsafe stepQuantizedGRUBatch(
      DotFMA.self, model: ModelHandle(model), layer: RecordHandle(layer),
      batch: Batch(streams, count))
  }

  @_cdecl("leat_dot_general_i8") @implementation
  public func leat_dot_general_i8(
    _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
  ) {
    unsafe stepGeneral(
      DotFMA.self, Int8Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
      stream: StreamHandle(stream))
  }
#endif
