// SPDX-License-Identifier: MIT

#if arch(x86_64)
  import CLeat
  import LeatKernel

  @_cdecl("leat_wide_activation") @implementation
  public func leat_wide_activation(
    _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
  ) {
    unsafe stepActivation(
      model: ModelImage(model), layer: layer.layerRecord, stream: StreamBlock(stream))
  }

  @_cdecl("leat_wide_relu") @implementation
  public func leat_wide_relu(_ values: UnsafeMutablePointer<Float>!, _ count: Int) {
    unsafe applyRelu(values, count: count)
  }

  @_cdecl("leat_wide_sigmoid") @implementation
  public func leat_wide_sigmoid(_ values: UnsafeMutablePointer<Float>!, _ count: Int) {
    unsafe applySigmoid(WideFMA.self, values, count: count)
  }

  @_cdecl("leat_wide_tanh") @implementation
  public func leat_wide_tanh(_ values: UnsafeMutablePointer<Float>!, _ count: Int) {
    unsafe applyTanh(WideFMA.self, values, count: count)
  }

  @_cdecl("leat_wide_softmax") @implementation
  public func leat_wide_softmax(_ values: UnsafeMutablePointer<Float>!, _ count: Int) {
    unsafe applySoftmax(WideFMA.self, values, count: count)
  }
#endif
