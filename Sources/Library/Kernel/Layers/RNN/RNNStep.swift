// SPDX-License-Identifier: MIT
//
// One step of one layer, as PyTorch's `nn.RNN` defines it: h' = tanh(W_ih x + W_hh h + b).
//
// Every sum has the order of an LSTM's sums: the bias, then the inputs, then the previous h, each
// product fused. Two panels are computed at once, since each addition to a sum waits for the one
// before.

/// A step of a layer with floating-point weights.
@inlinable @inline(__always)
public func stepRNN<F: FusedMultiplyAdd, W: PanelFormat>(
  _: F.Type, _: W.Type, model: borrowing ModelHandle, layer: RecordHandle<LayerRecord>,
  stream: borrowing StreamHandle
) {
  let layer = RecurrentLayer<HiddenStateRecord>(layer, model: model)
  let state = RNNState(layer, model: model, stream: stream)
  var unit = 0
  while unit < layer.record.hiddenSize {
    stepPanels(F.self, W.self, layer, model, unit: unit, state)
    unit &+= 16
  }
}

/// `stepRNN` for all streams of a batch. Each weight that is loaded serves three.
@inlinable @inline(__always)
public func stepRNNBatch<F: FusedMultiplyAdd, W: PanelFormat>(
  _: F.Type, _: W.Type, model: borrowing ModelHandle, layer: RecordHandle<LayerRecord>,
  batch: Batch
) {
  let layer = RecurrentLayer<HiddenStateRecord>(layer, model: model)
  var unit = 0
  while unit < layer.record.hiddenSize {
    var member = 0
    while member < batch.count {
      let states: Triple<RNNState> = batch.states(member, layer, model: model)
      stepPanels(F.self, W.self, layer, model, unit: unit, states)
      member &+= 3
    }
    unit &+= 16
  }
}

/// The pair of panels that begins with `unit`, or the odd last panel.
@inlinable @inline(__always)
func stepPanels<F: FusedMultiplyAdd, W: PanelFormat, S: RNNStreams>(
  _: F.Type, _: W.Type, _ layer: RecurrentLayer<HiddenStateRecord>, _ model: borrowing ModelHandle,
  unit: Int, _ streams: S
) {
  let units = layer.record.hiddenSize
  let isPair = unit &+ 8 < units
  let bias = unsafe model.floats(at: layer.record.bias) + unit
  var first = unsafe S.Values(load(bias, 0))
  var second = isPair ? unsafe S.Values(load(bias, 8)) : S.Values(repeating: 0)
  let panels = Panels(units: units, gates: 1, type: W.type)
  let column = panels.columnBytes(together: isPair ? 2 : 1)
  let columns = layer.record.inputSize &+ units
  var weight =
    unsafe model.bytes(at: layer.record.weights)
    + panels.start(ofPair: unit / 16, columns: columns) &* W.type.size
  var streams = streams
  var count = layer.record.inputSize
  for _ in 0..<2 {
    var k = 0
    while k < count {
      // Safe: k stays below the sources' size, the weights advance in step with it.
      let x = streams.value(k)
      first = unsafe .fma(F.self, S.Values(W.first(weight, gate: 0)), x, first)
      if isPair {
        second = unsafe .fma(F.self, S.Values(W.second(weight, gate: 0, of: 1)), x, second)
      }
      unsafe weight += column
      k &+= 1
    }
    streams.moveToHidden()
    count = units
  }
  // An odd last panel has a second sum of 0, which is not stored: the code is shared.
  let new = newHidden(F.self, Two(first, second))
  streams.store(new.first, unit)
  if isPair { streams.store(new.second, unit &+ 8) }
}

/// The new h of a sum: its tanh, flushed to zero: see `Least`.
@inlinable @inline(__always)
func newHidden<F: FusedMultiplyAdd, V: LaneGroup>(_: F.Type, _ sum: V) -> V {
  let magnitude = tanhMagnitude(F.self, sum)
  return magnitude.copyingSign(of: sum).flushed(where: magnitude, isBelow: Least.value)
}
