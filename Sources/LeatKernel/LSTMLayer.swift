// SPDX-License-Identifier: MIT

/// What one step of one LSTM layer reads and writes of one stream.
@unsafe @usableFromInline
struct LayerState {
  /// [input_size]
  @usableFromInline let input: UnsafePointer<Float>
  /// The previous h, [output_size].
  @usableFromInline let hidden: UnsafePointer<Float>
  /// [hidden_size] filled up to a multiple of 8, as is `output`.
  @usableFromInline let cell: UnsafeMutablePointer<Float>
  /// o tanh(c'); not where `hidden` is.
  @usableFromInline let output: UnsafeMutablePointer<Float>

  @inlinable @inline(__always)
  init(
    _ layer: UnsafePointer<LSTMRecord>, model: borrowing ModelImage, stream: borrowing StreamBlock,
    input: UnsafePointer<Float>
  ) {
    unsafe self.input = input
    unsafe hidden = UnsafePointer(stream.currentHidden(of: layer.pointee))
    unsafe cell = stream.cell(of: layer.pointee)
    unsafe output =
      layer.pointee.projection.rows != 0
      ? stream.floats(at: model.header.pointee.scratch.unprojected)
      : stream.nextHidden(of: layer.pointee)
  }
}

/// One step of one LSTM layer, as PyTorch's `nn.LSTM` defines it:
///
///     i = σ(W_ii x + W_hi h + b)   f = σ(W_if x + W_hf h + b)   c' = f c + i g
///     g = tanh(W_ig x + W_hg h + b)   o = σ(W_io x + W_ho h + b)   h' = o tanh(c')
///
/// Every sum runs in one order whatever the width of the processor: the bias, then the inputs, then
/// the previous h, each product fused.
@inlinable @inline(never)
func stepLSTMLayer<F: FusedMultiplyAdd, W: WeightFormat>(
  _: F.Type, _: W.Type, _ layer: UnsafePointer<LSTMRecord>, _ model: borrowing ModelImage,
  _ stream: borrowing StreamBlock, _ input: UnsafePointer<Float>
) {
  let state = unsafe LayerState(layer, model: model, stream: stream, input: input)
  var weight = unsafe model.bytes(at: layer.pointee.weights)
  var bias = unsafe model.floats(at: layer.pointee.bias)
  var unit = 0
  // Two panels at once: their eight chains of sums fill the multiply-add units.
  while unsafe unit &+ 8 < layer.pointee.hiddenSize {
    var low = unsafe PanelSums(bias)
    var high = unsafe PanelSums(bias + 32)
    var source = unsafe state.input
    var count = unsafe layer.pointee.inputSize
    for _ in 0..<2 {
      var k = 0
      while k < count {
        // Safe: k stays below the source's size, the weights advance in step with it.
        let x = unsafe Lanes(repeating: source[k])
        unsafe low.add(F.self, W.self, weight, x)
        unsafe high.add(F.self, W.self, weight + 4 &* W.stride, x)
        unsafe weight += 8 &* W.stride
        k &+= 1
      }
      unsafe source = state.hidden
      count = unsafe layer.pointee.outputSize
    }
    unsafe Gates.step(F.self, low, high, state, unit: unit)
    unsafe bias += 64
    unit &+= 16
  }
  if unsafe unit < layer.pointee.hiddenSize {
    var gates = unsafe PanelSums(bias)
    var source = unsafe state.input
    var count = unsafe layer.pointee.inputSize
    for _ in 0..<2 {
      var k = 0
      while k < count {
        // Safe: as above.
        unsafe gates.add(F.self, W.self, weight, Lanes(repeating: source[k]))
        unsafe weight += 4 &* W.stride
        k &+= 1
      }
      unsafe source = state.hidden
      count = unsafe layer.pointee.outputSize
    }
    unsafe Gates.step(F.self, gates, state, unit: unit)
  }
}
