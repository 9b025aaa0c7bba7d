// SPDX-License-Identifier: MIT

/// `stepLSTM` for streams of a batch.
@inlinable @inline(__always)
public func stepLSTMBatch<F: FusedMultiplyAdd, W: PanelFormat>(
  _: F.Type, _: W.Type, model: borrowing ModelHandle, layer: RecordHandle<LayerRecord>,
  batch: Batch
) {
  let layer = RecurrentLayer<LSTMRecord>(layer, model: model)
  if F.isWide {
    stepWideBatch(F.self, W.self, WideLSTM.self, layer, batch: batch, model: model)
  } else {
    stepLSTMPanelsBatch(F.self, W.self, layer, batch: batch, model: model)
  }
  batch.project(layer, model: model)
}

/// `stepPanels` for streams of a batch.
@inlinable @inline(__always)
func stepLSTMPanelsBatch<F: FusedMultiplyAdd, W: PanelFormat>(
  _: F.Type, _: W.Type, _ layer: RecurrentLayer<LSTMRecord>, batch: Batch,
  model: borrowing ModelHandle
) {
  let count = batch.count
  var unit = 0
  while unit < layer.record.hiddenSize {
    let panel = PanelWeights(layer.record, W.type, gates: 4, unit: unit, model: model)
    var member = 0
    while member &+ 3 < count {
      let first: Triple<LSTMState> = batch.states(member, layer, model: model)
      let second: Triple<LSTMState> = batch.states(member &+ 3, layer, model: model)
      LSTMSums.step(
        F.self, sumPanel(F.self, W.self, layer.record, panel, first), first,
        sumPanel(F.self, W.self, layer.record, panel, second), second, unit: unit)
      member &+= 6
    }
    if member < count {
      let states: Triple<LSTMState> = batch.states(member, layer, model: model)
      LSTMSums.step(
        F.self, sumPanel(F.self, W.self, layer.record, panel, states), states, unit: unit)
    }
    unit &+= 8
  }
}

/// The sums of one panel for three streams. Each sum has the order that it has in `stepLSTM`.
@inlinable @inline(__always)
func sumPanel<F: FusedMultiplyAdd, W: PanelFormat>(
  _: F.Type, _: W.Type, _ layer: LSTMRecord, _ panel: PanelWeights,
  _ states: Triple<LSTMState>
) -> LSTMCell<LaneTriple> {
  var a = unsafe LSTMSums(panel.bias)
  var b = a
  var c = a
  var weight = unsafe panel.weights
  var (inputA, inputB, inputC) = unsafe (states.a.input, states.b.input, states.c.input)
  var count = layer.inputSize
  for _ in 0..<2 {
    var k = 0
    while k < count {
      // Safe: k stays below the sources' size, the weights advance in step with it.
      let xA = unsafe Lanes(repeating: inputA[k])
      let xB = unsafe Lanes(repeating: inputB[k])
      let xC = unsafe Lanes(repeating: inputC[k])
      let i = unsafe W.input(weight)
      a.i = F.fma(i, xA, a.i)
      b.i = F.fma(i, xB, b.i)
      c.i = F.fma(i, xC, c.i)
      let g = unsafe W.candidate(weight)
      a.g = F.fma(g, xA, a.g)
      b.g = F.fma(g, xB, b.g)
      c.g = F.fma(g, xC, c.g)
      let f = unsafe W.forget(weight)
      a.f = F.fma(f, xA, a.f)
      b.f = F.fma(f, xB, b.f)
      c.f = F.fma(f, xC, c.f)
      let o = unsafe W.output(weight)
      a.o = F.fma(o, xA, a.o)
      b.o = F.fma(o, xB, b.o)
      c.o = F.fma(o, xC, c.o)
      unsafe weight += panel.stride
      k &+= 1
    }
    unsafe (inputA, inputB, inputC) = unsafe (states.a.hidden, states.b.hidden, states.c.hidden)
    count = layer.outputSize
  }
  return LSTMSums.cells(Triple(a, b, c))
}
