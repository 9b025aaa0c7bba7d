// SPDX-License-Identifier: MIT

/// `stepWidePanels` for streams of a batch.
@inlinable @inline(__always)
func stepWideBatch<F: FusedMultiplyAdd, W: PanelFormat, Layer: WideLayer>(
  _: F.Type, _: W.Type, _: Layer.Type, _ layer: RecurrentLayer<Layer.State.Record>, batch: Batch,
  model: borrowing ModelHandle
) {
  var unit = 0
  while unit &+ 8 < layer.record.hiddenSize {
    stepWideUnits(
      F.self, W.self, Layer.self, Layer.Pair.self, layer, batch: batch, unit: unit, model: model)
    unit &+= 16
  }
  if unit < layer.record.hiddenSize {
    stepWideUnits(
      F.self, W.self, Layer.self, Layer.Last.self, layer, batch: batch, unit: unit, model: model)
  }
}

/// One or two panels of all streams.
@inlinable @inline(__always)
func stepWideUnits<F: FusedMultiplyAdd, W: PanelFormat, Layer: WideLayer, Sums: PanelWideSums>(
  _: F.Type, _: W.Type, _: Layer.Type, _: Sums.Type,
  _ layer: RecurrentLayer<Layer.State.Record>, batch: Batch, unit: Int,
  model: borrowing ModelHandle
) {
  let count = batch.count
  let panel = PanelWeights(layer.record, W.type, gates: Layer.gates, unit: unit, model: model)
  var member = 0
  while member &+ 3 < count {
    let first: Triple<Layer.State> = batch.states(member, layer, model: model)
    let second: Triple<Layer.State> = batch.states(member &+ 3, layer, model: model)
    let sums = sumWide(F.self, W.self, Sums.self, layer.record, panel, first, second)
    Layer.step(F.self, sums.first, first, sums.second, second, unit: unit)
    member &+= 6
  }
  if member < count {
    let states: Triple<Layer.State> = batch.states(member, layer, model: model)
    Layer.step(
      F.self, sumWide(F.self, W.self, Sums.self, layer.record, panel, states), states, unit: unit)
  }
}

// Each sum has the order that it has in `stepPanels`.

/// The sums for three streams.
@inlinable @inline(__always)
func sumWide<F: FusedMultiplyAdd, W: PanelFormat, Sums: PanelWideSums, State: RecurrentState>(
  _: F.Type, _: W.Type, _: Sums.Type, _ layer: State.Record, _ panel: PanelWeights,
  _ states: Triple<State>
) -> WideGates<Three<Sums.Units>> {
  let biases = unsafe Sums(panel.bias)
  var sums = Triple(biases, biases, biases)
  var weights = unsafe WeightColumn(panel.weights)
  var source = StreamInputs(states)
  var count = layer.inputSize
  for _ in 0..<2 {
    for k in 0..<count {
      Sums.addColumn(F.self, W.self, &sums, weights, source.value(k))
      Sums.moveToNextColumn(W.self, &weights)
    }
    endVector(&sums)
    source.moveToHidden(states)
    count = layer.outputSize
  }
  return completeSums(sums)
}

/// The sums for six: with each weight that is loaded, twice as many multiplications, which matters
/// where the weights come from the second cache.
@inlinable @inline(__always)
func sumWide<F: FusedMultiplyAdd, W: PanelFormat, Sums: PanelWideSums, State: RecurrentState>(
  _: F.Type, _: W.Type, _: Sums.Type, _ layer: State.Record, _ panel: PanelWeights,
  _ states: Triple<State>, _ others: Triple<State>
) -> (first: WideGates<Three<Sums.Units>>, second: WideGates<Three<Sums.Units>>) {
  let biases = unsafe Sums(panel.bias)
  var (first, second) = (Triple(biases, biases, biases), Triple(biases, biases, biases))
  var weights = unsafe WeightColumn(panel.weights)
  var (x, y) = (StreamInputs(states), StreamInputs(others))
  var count = layer.inputSize
  for _ in 0..<2 {
    for k in 0..<count {
      Sums.addColumn(F.self, W.self, &first, &second, weights, x.value(k), y.value(k))
      Sums.moveToNextColumn(W.self, &weights)
    }
    endVector(&first)
    endVector(&second)
    x.moveToHidden(states)
    y.moveToHidden(others)
    count = layer.outputSize
  }
  return (completeSums(first), completeSums(second))
}

/// The vectors of three streams that are multiplied: their inputs, then their previous h.
@safe @usableFromInline
struct StreamInputs {
  @usableFromInline var a, b, c: UnsafePointer<Float>

  @inlinable @inline(__always)
  init<State: RecurrentState>(_ states: Triple<State>) {
    unsafe (a, b, c) = (states.a.input, states.b.input, states.c.input)
  }

  @inlinable @inline(__always)
  mutating func moveToHidden<State: RecurrentState>(_ states: Triple<State>) {
    unsafe (a, b, c) = (states.a.hidden, states.b.hidden, states.c.hidden)
  }

  @inlinable @inline(__always)
  func value(_ k: Int) -> Triple<WideLanes> {
    // Safe: k stays below the vectors' size.
    unsafe Triple(
      WideLanes(repeating: a[k]), WideLanes(repeating: b[k]), WideLanes(repeating: c[k]))
  }
}

@inlinable @inline(__always)
func endVector<Sums: PanelWideSums>(_ sums: inout Triple<Sums>) {
  sums.a.endVector()
  sums.b.endVector()
  sums.c.endVector()
}

/// The complete sums of three streams beside each other.
@inlinable @inline(__always)
func completeSums<Sums: PanelWideSums>(_ sums: Triple<Sums>) -> WideGates<Three<Sums.Units>> {
  let (a, b, c) = (sums.a.gates, sums.b.gates, sums.c.gates)
  return WideGates(
    Three(a.a, b.a, c.a), Three(a.b, b.b, c.b), Three(a.c, b.c, c.c), Three(a.d, b.d, c.d))
}

extension Three where V: WideUnits {
  /// Values of three streams.
  @inlinable @inline(__always)
  init(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafePointer<Float>) {
    unsafe self.init(V(a), V(b), V(c))
  }

  @inlinable @inline(__always)
  func store(
    _ a: UnsafeMutablePointer<Float>, _ b: UnsafeMutablePointer<Float>,
    _ c: UnsafeMutablePointer<Float>
  ) {
    unsafe first.store(a)
    unsafe second.store(b)
    unsafe third.store(c)
  }
}
