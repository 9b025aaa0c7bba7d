// SPDX-License-Identifier: MIT
//
// One step of a layer whose units have several gates. A panel is 8 units with their gates. Every sum
// has one order, whatever the width of the processor's vectors: the bias, then the inputs, then the
// previous h, each product fused. Panels may be computed in any order. Two are computed at once:
// their sums keep the multiply-add units busy. Where the sums are short, the activations of one pair
// of panels are interleaved with the sums of the next: see `InterleavedPairs.swift`.

/// All panels of a layer with floating-point weights.
@inlinable @inline(__always)
func stepPanels<F: FusedMultiplyAdd, W: PanelFormat, Sums: PanelSums>(
  _: F.Type, _: W.Type, _: Sums.Type, _ layer: RecurrentLayer<Sums.State.Record>,
  _ state: Sums.State, model: borrowing ModelHandle, stream: borrowing StreamHandle
) {
  let pairs = PanelPairs<Sums>(F.self, W.self, layer.recordHandle, model: model, stream: stream)
  let isInterleaved = W.isInterleaved && !F.sharesCode && pairs.groups > 1
  let inputs = layer.record.outputSize
  if isInterleaved && inputs >= NextSums<F, W, TwoInputs, PairSums<Sums>>.inputs {
    stepInterleavedPairs(F.self, W.self, TwoInputs.self, pairs, state)
  } else if isInterleaved && inputs >= NextSums<F, W, OneInput, PairSums<Sums>>.inputs {
    stepInterleavedPairs(F.self, W.self, OneInput.self, pairs, state)
  } else {
    var index = 0
    while index < pairs.count {
      let pair = pairs.pair(index)
      var sums = pairs.sums(F.self, W.self, pair, state)
      sums.addRest(F.self, W.self)
      Sums.step(F.self, sums.low, sums.high, state, unit: 16 &* pair)
      index &+= 1
    }
    if pairs.hasThree {
      let sums = pairs.three(F.self, W.self, state)
      stepThree(F.self, W.self, sums, state, unit: 16 &* pairs.count)
    }
  }
  if (layer.record.hiddenSize &+ 7) & 8 != 0 && !pairs.hasThree {
    stepLastPanel(F.self, W.self, Sums.self, layer.record, state, model)
  }
}

/// The last three panels, whose sums over the inputs are complete.
@inlinable @inline(__always)
func stepThree<F: FusedMultiplyAdd, W: PanelFormat, Sums: PanelSums>(
  _: F.Type, _: W.Type, _ sums: ThreeSums<Sums>, _ state: Sums.State, unit: Int
) {
  var sums = sums
  sums.addRest(F.self, W.self)
  Sums.step(F.self, sums.pair.low, sums.pair.high, sums.last, state, unit: unit)
}

/// The panel that is alone after the pairs.
@inlinable @inline(__always)
func stepLastPanel<F: FusedMultiplyAdd, W: PanelFormat, Sums: PanelSums>(
  _: F.Type, _: W.Type, _: Sums.Type, _ layer: Sums.State.Record, _ state: Sums.State,
  _ model: borrowing ModelHandle
) {
  let unit = (layer.hiddenSize &- 1) & ~15
  let column = W.lastColumn(gates: Sums.gates)
  let panel = PanelWeights(layer, W.type, gates: Sums.gates, unit: unit, model: model)
  var sums = unsafe Sums(panel.bias)
  var weight = unsafe panel.weights
  var source = unsafe state.input
  var count = layer.inputSize
  for _ in 0..<2 {
    var k = 0
    while k < count {
      // Safe: k stays below the source's size, the weights advance in step with it.
      unsafe sums.addColumn(F.self, W.self, weight, Lanes(repeating: source[k]))
      unsafe weight += column
      k &+= 1
    }
    sums.endVector()
    unsafe source = state.hidden
    count = layer.outputSize
  }
  sums.step(F.self, state, unit: unit)
}
