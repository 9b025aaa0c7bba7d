// SPDX-License-Identifier: MIT

#if arch(x86_64)
  import CLeat
  import LeatKernel

  @_cdecl("leat_avx512_activation") @implementation
  public func leat_avx512_activation(
    _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
  ) {
    unsafe stepActivation(
      model: ModelHandle(model), layer: RecordHandle(layer), stream: StreamHandle(stream))
  }

  @_cdecl("leat_avx512_relu") @implementation
  public func leat_avx512_relu(_ values: UnsafeMutablePointer<Float>!, _ count: Int) {
    unsafe applyRelu(values, count: count)
  }

  @_cdecl("leat_avx512_sigmoid") @implementation
  public func leat_avx512_sigmoid(_ values: UnsafeMutablePointer<Float>!, _ count: Int) {
    unsafe applySigmoid(AVX512FMA.self, values, count: count)
  }

  @_cdecl("leat_avx512_tanh") @implementation
  public func leat_avx512_tanh(_ values: UnsafeMutablePointer<Float>!, _ count: Int) {
    unsafe applyTanh(AVX512FMA.self, values, count: count)
  }

  @_cdecl("leat_avx512_softmax") @implementation
  public func leat_avx512_softmax(_ values: UnsafeMutablePointer<Float>!, _ count: Int) {
    unsafe applySoftmax(AVX512FMA.self, values, count: count)
  }
#endif
