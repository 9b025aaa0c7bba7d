// SPDX-License-Identifier: MIT

/// Sums that `stepPanelsBatch` adds up. (The LSTM has a step of its own: compilers make faster code
/// of it.)
@usableFromInline
protocol BatchPanelSums: PanelSums {
  /// Adds the products of a column of weights and x, of one panel for three streams.
  static func addColumn<F: FusedMultiplyAdd, W: PanelFormat>(
    _: F.Type, _: W.Type, _ sums: inout Triple<Self>, _ weight: UnsafeRawPointer,
    _ x: Triple<Lanes>)

  /// The new state of one panel of six streams: the chains of one triple hide the waiting of the
  /// other's.
  static func step<F: FusedMultiplyAdd>(
    _: F.Type, _ first: Cells, _ firstStates: Triple<State>, _ second: Cells,
    _ secondStates: Triple<State>, unit: Int)
}

/// `stepPanels` for streams of a batch.
@inlinable @inline(__always)
func stepPanelsBatch<F: FusedMultiplyAdd, W: PanelFormat, Sums: BatchPanelSums>(
  _: F.Type, _: W.Type, _: Sums.Type, _ layer: RecurrentLayer<Sums.State.Record>, batch: Batch,
  model: borrowing ModelHandle
) {
  let count = batch.count
  var unit = 0
  while unit < layer.record.hiddenSize {
    let panel = PanelWeights(layer.record, W.type, gates: Sums.gates, unit: unit, model: model)
    var member = 0
    while member &+ 3 < count {
      let first: Triple<Sums.State> = batch.states(member, layer, model: model)
      let second: Triple<Sums.State> = batch.states(member &+ 3, layer, model: model)
      Sums.step(
        F.self, sumPanel(F.self, W.self, Sums.self, layer.record, panel, unit: unit, first), first,
        sumPanel(F.self, W.self, Sums.self, layer.record, panel, unit: unit, second), second,
        unit: unit)
      member &+= 6
    }
    if member < count {
      let states: Triple<Sums.State> = batch.states(member, layer, model: model)
      Sums.step(
        F.self, sumPanel(F.self, W.self, Sums.self, layer.record, panel, unit: unit, states),
        states, unit: unit)
    }
    unit &+= 8
  }
}

/// The sums of one panel for three streams. Each sum has the order that it has in `stepPanels`.
@inlinable @inline(__always)
func sumPanel<F: FusedMultiplyAdd, W: PanelFormat, Sums: BatchPanelSums>(
  _: F.Type, _: W.Type, _: Sums.Type, _ layer: Sums.State.Record, _ panel: PanelWeights,
  unit: Int, _ states: Triple<Sums.State>
) -> Sums.Cells {
  let sharesWords = Panels(units: 16, gates: Sums.gates, type: W.type).sharesWords
  if sharesWords && unit & 8 != 0 {
    return sumColumns(F.self, W.Second.self, Sums.self, layer, panel, states)
  }
  return sumColumns(F.self, W.self, Sums.self, layer, panel, states)
}

@inlinable @inline(__always)
func sumColumns<F: FusedMultiplyAdd, W: PanelFormat, Sums: BatchPanelSums>(
  _: F.Type, _: W.Type, _: Sums.Type, _ layer: Sums.State.Record, _ panel: PanelWeights,
  _ states: Triple<Sums.State>
) -> Sums.Cells {
  let biases = unsafe Sums(panel.bias)
  var sums = Triple(biases, biases, biases)
  var weight = unsafe panel.weights
  var (inputA, inputB, inputC) = unsafe (states.a.input, states.b.input, states.c.input)
  var count = layer.inputSize
  for _ in 0..<2 {
    var k = 0
    while k < count {
      // Safe: k stays below the sources' size, the weights advance in step with it.
      let x = unsafe Triple(
        Lanes(repeating: inputA[k]), Lanes(repeating: inputB[k]), Lanes(repeating: inputC[k]))
      unsafe Sums.addColumn(F.self, W.self, &sums, weight, x)
      unsafe weight += panel.stride
      k &+= 1
    }
    sums.a.endVector()
    sums.b.endVector()
    sums.c.endVector()
    unsafe (inputA, inputB, inputC) = unsafe (states.a.hidden, states.b.hidden, states.c.hidden)
    count = layer.outputSize
  }
  return Sums.cells(sums)
}
