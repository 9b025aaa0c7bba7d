// SPDX-License-Identifier: MIT

#if arch(x86_64)
  import CLeat
  import LeatKernel

  @_cdecl("leat_avx512_sum") @implementation
  public func leat_avx512_sum(
    _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
  ) {
    unsafe stepSum(
      AVX512FMA.self, model: ModelHandle(model), layer: RecordHandle(layer),
      stream: StreamHandle(stream))
  }

  @_cdecl("leat_avx512_scale") @implementation
  public func leat_avx512_scale(
    _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
  ) {
    unsafe stepScale(
      AVX512FMA.self, model: ModelHandle(model), layer: RecordHandle(layer),
      stream: StreamHandle(stream))
  }
#endif
