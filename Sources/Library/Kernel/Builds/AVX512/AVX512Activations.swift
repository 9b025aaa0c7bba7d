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
  public func leat_avx512_relu(
    _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ _: UnsafePointer<Float>!
  ) {
    unsafe applyRelu(values, count: count)
  }

  @_cdecl("leat_avx512_sigmoid") @implementation
  public func leat_avx512_sigmoid(
    _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ _: UnsafePointer<Float>!
  ) {
    unsafe applySigmoid(AVX512FMA.self, values, count: count)
  }

  @_cdecl("leat_avx512_tanh") @implementation
  public func leat_avx512_tanh(
    _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ _: UnsafePointer<Float>!
  ) {
    unsafe applyTanh(AVX512FMA.self, values, count: count)
  }

  @_cdecl("leat_avx512_softmax") @implementation
  public func leat_avx512_softmax(
    _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ _: UnsafePointer<Float>!
  ) {
    unsafe applySoftmax(AVX512FMA.self, values, count: count)
  }

  @_cdecl("leat_avx512_leaky_relu") @implementation
  public func leat_avx512_leaky_relu(
    _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ parameters: UnsafePointer<Float>!
  ) {
    unsafe applyLeakyRelu(values, count: count, parameters)
  }

  @_cdecl("leat_avx512_elu") @implementation
  public func leat_avx512_elu(
    _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ parameters: UnsafePointer<Float>!
  ) {
    unsafe applyElu(AVX512FMA.self, values, count: count, parameters)
  }

  @_cdecl("leat_avx512_gelu") @implementation
  public func leat_avx512_gelu(
    _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ _: UnsafePointer<Float>!
  ) {
    unsafe applyGelu(AVX512FMA.self, values, count: count)
  }

  @_cdecl("leat_avx512_gelu_tanh") @implementation
  public func leat_avx512_gelu_tanh(
    _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ _: UnsafePointer<Float>!
  ) {
    unsafe applyGeluTanh(AVX512FMA.self, values, count: count)
  }

  @_cdecl("leat_avx512_silu") @implementation
  public func leat_avx512_silu(
    _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ _: UnsafePointer<Float>!
  ) {
    unsafe applySilu(AVX512FMA.self, values, count: count)
  }

  @_cdecl("leat_avx512_softplus") @implementation
  public func leat_avx512_softplus(
    _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ parameters: UnsafePointer<Float>!
  ) {
    unsafe applySoftplus(AVX512FMA.self, values, count: count, parameters)
  }

  @_cdecl("leat_avx512_softsign") @implementation
  public func leat_avx512_softsign(
    _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ _: UnsafePointer<Float>!
  ) {
    unsafe applySoftsign(values, count: count)
  }

  @_cdecl("leat_avx512_hard_sigmoid") @implementation
  public func leat_avx512_hard_sigmoid(
    _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ parameters: UnsafePointer<Float>!
  ) {
    unsafe applyHardSigmoid(AVX512FMA.self, values, count: count, parameters)
  }

  @_cdecl("leat_avx512_hardtanh") @implementation
  public func leat_avx512_hardtanh(
    _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ parameters: UnsafePointer<Float>!
  ) {
    unsafe applyHardtanh(values, count: count, parameters)
  }

  @_cdecl("leat_avx512_hardswish") @implementation
  public func leat_avx512_hardswish(
    _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ _: UnsafePointer<Float>!
  ) {
    unsafe applyHardswish(values, count: count)
  }

  @_cdecl("leat_avx512_prelu") @implementation
  public func leat_avx512_prelu(
    _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ parameters: UnsafePointer<Float>!
  ) {
    unsafe applyPrelu(values, count: count, parameters)
  }

  @_cdecl("leat_avx512_log_softmax") @implementation
  public func leat_avx512_log_softmax(
    _ values: UnsafeMutablePointer<Float>!, _ count: Int, _ _: UnsafePointer<Float>!
  ) {
    unsafe applyLogSoftmax(AVX512FMA.self, values, count: count)
  }
#endif
