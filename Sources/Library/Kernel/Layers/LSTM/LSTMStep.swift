// SPDX-License-Identifier: MIT
//
// One step of one layer, as PyTorch's `nn.LSTM` defines it:
//
//     i = σ(W_ii x + W_hi h + b)   f = σ(W_if x + W_hf h + b)
//     g = tanh(W_ig x + W_hg h + b)   o = σ(W_io x + W_ho h + b)
//     c' = f c + i g
//     h' = o tanh(c')
//
// The sums are here, what is made of them in `LSTMCell.swift`. Every sum has one order, whatever the
// width of the processor's vectors: the bias, then the inputs, then the previous h, each product
// fused. A panel is 8 units with their 4 gates. Panels may be computed in any order. Two are computed
// at once:
// their eight sums keep the multiply-add units busy. Where the sums are short, the activations of
// one pair of panels are interleaved with the sums of the next: see `InterleavedPairs.swift`.

/// A step of a layer with floating-point weights.
@inlinable @inline(__always)
public func stepLSTM<F: FusedMultiplyAdd, W: PanelFormat>(
  _: F.Type, _: W.Type, model: borrowing ModelHandle, layer: RecordHandle<LayerRecord>,
  stream: borrowing StreamHandle
) {
  let layer = RecurrentLayer<LSTMRecord>(layer, model: model)
  let state = LSTMState(layer, model: model, stream: stream)
  let pairs = PanelPairs(W.self, layer.recordHandle, model: model, stream: stream)
  let isInterleaved = W.isInterleaved && !F.sharesCode && pairs.count > 1
  let inputs = layer.record.outputSize
  if isInterleaved && inputs >= NextPairSums<F, W, TwoInputs>.inputs {
    stepInterleavedPairs(F.self, W.self, TwoInputs.self, pairs, state)
  } else if isInterleaved && inputs >= NextPairSums<F, W, OneInput>.inputs {
    stepInterleavedPairs(F.self, W.self, OneInput.self, pairs, state)
  } else {
    var index = 0
    while index < pairs.count {
      let pair = pairs.pair(index)
      var sums = pairs.sums(F.self, W.self, pair, state)
      sums.addInputs(F.self, W.self, sums.count)
      LSTMCell.step(F.self, sums.low, sums.high, state, unit: 16 &* pair)
      index &+= 1
    }
  }
  if (layer.record.hiddenSize &+ 7) & 8 != 0 {
    stepLastPanel(F.self, W.self, layer.record, model, state)
  }
  if layer.record.projection != 0 {
    layer.project(model, stream, from: 0, upTo: layer.record.outputSize)
  }
}

/// The panel that is alone after the pairs.
@inlinable @inline(__always)
func stepLastPanel<F: FusedMultiplyAdd, W: PanelFormat>(
  _: F.Type, _: W.Type, _ layer: LSTMRecord, _ model: borrowing ModelHandle,
  _ state: LSTMState
) {
  let unit = (layer.hiddenSize &- 1) & ~15
  let panel = PanelWeights(layer, W.type, column: W.column, unit: unit, model: model)
  var gates = unsafe PanelSums(panel.bias)
  var weight = unsafe panel.weights
  var source = unsafe state.input
  var count = layer.inputSize
  for _ in 0..<2 {
    var k = 0
    while k < count {
      // Safe: k stays below the source's size, the weights advance in step with it.
      unsafe gates.addColumn(F.self, W.self, weight, Lanes(repeating: source[k]))
      unsafe weight += W.column
      k &+= 1
    }
    unsafe source = state.hidden
    count = layer.outputSize
  }
  LSTMCell.step(F.self, gates, state, unit: unit)
}
