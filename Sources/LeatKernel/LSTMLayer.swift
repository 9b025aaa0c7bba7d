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
/// the previous h, each product fused. The order of the panels is free.
@inlinable @inline(never)
func stepLSTMLayer<F: FusedMultiplyAdd, W: WeightFormat>(
  _: F.Type, _: W.Type, _ layer: UnsafePointer<LSTMRecord>, _ model: borrowing ModelImage,
  _ stream: borrowing StreamBlock, _ input: UnsafePointer<Float>
) {
  let state = unsafe LayerState(layer, model: model, stream: stream, input: input)
  let panels = unsafe (layer.pointee.hiddenSize &+ 7) &>> 3
  let pairs = unsafe PanelPairs(
    layer, model: model, stream: stream, count: panels &>> 1, stride: W.stride)
  let isWoven = unsafe W.isWoven && !F.sharesCode && pairs.count > 1
  let recurrent = unsafe layer.pointee.outputSize
  if unsafe isWoven && recurrent >= NextPair<F, W, TwoInputs>.inputs {
    unsafe stepWovenPairs(F.self, W.self, TwoInputs.self, pairs, state)
  } else if unsafe isWoven && recurrent >= NextPair<F, W, OneInput>.inputs {
    unsafe stepWovenPairs(F.self, W.self, OneInput.self, pairs, state)
  } else {
    var turn = 0
    while unsafe turn < pairs.count {
      let pair = unsafe pairs.pair(turn)
      var sums = unsafe pairs.sums(F.self, W.self, pair, state)
      unsafe sums.add(F.self, W.self, sums.count)
      unsafe Gates.step(F.self, sums.low, sums.high, state, unit: 16 &* pair)
      turn &+= 1
    }
  }
  if panels & 1 != 0 { unsafe stepLastPanel(F.self, W.self, layer, model, state) }
}

/// The panel that stands alone behind the pairs.
@inlinable @inline(__always)
func stepLastPanel<F: FusedMultiplyAdd, W: WeightFormat>(
  _: F.Type, _: W.Type, _ layer: UnsafePointer<LSTMRecord>, _ model: borrowing ModelImage,
  _ state: LayerState
) {
  let unit = unsafe (layer.pointee.hiddenSize &- 1) & ~15
  let columns = unsafe layer.pointee.inputSize &+ layer.pointee.outputSize
  let panel = unsafe PanelWeights(
    layer, unit: unit, columns: columns, size: 4 &* W.stride, model: model)
  var gates = unsafe PanelSums(panel.bias)
  var weight = unsafe panel.weights
  var source = unsafe state.input
  var count = unsafe layer.pointee.inputSize
  for _ in 0..<2 {
    var k = 0
    while k < count {
      // Safe: k stays below the source's size, the weights advance in step with it.
      unsafe gates.add(F.self, W.self, weight, Lanes(repeating: source[k]))
      unsafe weight += 4 &* W.stride
      k &+= 1
    }
    unsafe source = state.hidden
    count = unsafe layer.pointee.outputSize
  }
  unsafe Gates.step(F.self, gates, state, unit: unit)
}
