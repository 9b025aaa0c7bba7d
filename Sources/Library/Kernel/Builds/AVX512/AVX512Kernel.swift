// SPDX-License-Identifier: MIT

#if arch(x86_64)
  import CLeat
  import LeatKernel

  /// As in LeatKernelFMA, but a type of its own: what the compiler makes of the kernels for one
  /// type must not end up in both modules.
  enum AVX512FMA: FusedMultiplyAdd {
    typealias Integers = BytePairProducts
    static var sharesCode: Bool { @inline(__always) get { false } }
    static var isWide: Bool { @inline(__always) get { true } }

    @inline(__always)
    static func fma(_ a: Lanes, _ b: Lanes, _ c: Lanes) -> Lanes { c.addingProduct(a, b) }
  }

  // The kernels for an x86-64 with AVX-512: the gates of an LSTM or a GRU are computed in vectors of
  // sixteen floats, and all else in vectors of eight, in twice as many registers as AVX2 has.

  @_cdecl("leat_avx512_run") @implementation
  public func leat_avx512_run(
    _ model: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!, _ steps: Int,
    _ inputs: UnsafePointer<Float>!, _ outputs: UnsafeMutablePointer<Float>!
  ) {
    unsafe runNetwork(
      AVX512FMA.self, model: ModelHandle(model), stream: StreamHandle(stream), steps: steps,
      inputs: inputs, outputs: outputs)
  }

  @_cdecl("leat_avx512_run_batch") @implementation
  public func leat_avx512_run_batch(
    _ model: UnsafeRawPointer!, _ streams: UnsafePointer<OpaquePointer?>!, _ count: Int,
    _ inputs: UnsafePointer<Float>!, _ outputs: UnsafeMutablePointer<Float>!
  ) {
    unsafe runNetworkBatch(
      AVX512FMA.self, model: ModelHandle(model), streams: streams, count: count, inputs: inputs,
      outputs: outputs)
  }
#endif
