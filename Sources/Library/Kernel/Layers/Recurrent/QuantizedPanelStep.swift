// SPDX-License-Identifier: MIT

/// `stepPanels` for integer weights with a scale for each row: z = bias + scale Σ W x + scale Σ W h.
/// Inputs and h are rounded to 16 bits or less, and the sums are exact.
@inlinable @inline(__always)
func stepQuantizedPanels<F: FusedMultiplyAdd, Sums: PanelSums>(
  _: F.Type, _: Sums.Type, _ layer: RecurrentLayer<Sums.State.Record>, _ state: Sums.State,
  model: borrowing ModelHandle, stream: borrowing StreamHandle
) {
  let inputs = QuantizedInputs(F.self, quantizing: state, layer, stream)
  let inputQuads = (layer.record.inputSize &+ 3) / 4
  let hiddenQuads = (layer.record.outputSize &+ 3) / 4
  var unit = 0
  while unit &+ 8 < layer.record.hiddenSize {
    let panel = PanelWeights(layer.record, .int8, gates: Sums.gates, unit: unit, model: model)
    var weight = unsafe panel.weights
    var low = unsafe Sums(panel.bias)
    var high = unsafe Sums(panel.bias + 32)
    var vector = inputs.input
    var quads = inputQuads
    for part in 0..<2 {
      var lowSums = Sums.Integers(vector)
      var highSums = lowSums
      var k = 0
      while k < quads {
        let quad = vector.quad(k)
        unsafe lowSums.addColumns(weight, quad)
        unsafe highSums.addColumns(weight + 32 &* Sums.gates, quad)
        unsafe weight += panel.stride
        k &+= 1
      }
      let scales = unsafe panel.scales + panel.scaleStride &* part
      unsafe low.addScaled(F.self, lowSums, scales, vector.scale)
      unsafe high.addScaled(F.self, highSums, scales + 8 &* Sums.gates, vector.scale)
      low.endVector()
      high.endVector()
      vector = inputs.hidden
      quads = hiddenQuads
    }
    Sums.step(F.self, low, high, state, unit: unit)
    unit &+= 16
  }
  if unit < layer.record.hiddenSize {
    let panel = PanelWeights(layer.record, .int8, gates: Sums.gates, unit: unit, model: model)
    var weight = unsafe panel.weights
    var sums = unsafe Sums(panel.bias)
    var vector = inputs.input
    var quads = inputQuads
    for part in 0..<2 {
      var integers = Sums.Integers(vector)
      var k = 0
      while k < quads {
        unsafe integers.addColumns(weight, vector.quad(k))
        unsafe weight += panel.stride
        k &+= 1
      }
      unsafe sums.addScaled(
        F.self, integers, panel.scales + panel.scaleStride &* part, vector.scale)
      sums.endVector()
      vector = inputs.hidden
      quads = hiddenQuads
    }
    sums.step(F.self, state, unit: unit)
  }
}

/// `stepQuantizedPanels` for streams of a batch.
@inlinable @inline(__always)
func stepQuantizedPanelsBatch<F: FusedMultiplyAdd, Sums: PanelSums>(
  _: F.Type, _: Sums.Type, _ layer: RecurrentLayer<Sums.State.Record>, batch: Batch,
  model: borrowing ModelHandle
) {
  batch.quantizeInputs(F.self, Sums.State.self, layer, model: model)
  var unit = 0
  while unit < layer.record.hiddenSize {
    let panel = PanelWeights(layer.record, .int8, gates: Sums.gates, unit: unit, model: model)
    var member = 0
    while member < batch.count {
      let states: Triple<Sums.State> = batch.states(member, layer, model: model)
      let cells = sumQuantizedPanel(
        F.self, Sums.self, layer.record, panel,
        batch.quantizedInputs(member, layer.record.quantized))
      Sums.step(F.self, cells, states, unit: unit)
      member &+= 3
    }
    unit &+= 8
  }
}

/// The sums of one panel for three streams.
@inlinable @inline(__always)
func sumQuantizedPanel<F: FusedMultiplyAdd, Sums: PanelSums>(
  _: F.Type, _: Sums.Type, _ layer: Sums.State.Record, _ panel: PanelWeights,
  _ inputs: Triple<QuantizedInputs>
) -> Sums.Cells {
  let biases = unsafe Sums(panel.bias)
  var sums = Triple(biases, biases, biases)
  var weight = unsafe panel.weights
  var (a, b, c) = (inputs.a.input, inputs.b.input, inputs.c.input)
  var quads = (layer.inputSize &+ 3) / 4
  for part in 0..<2 {
    var integers = Triple(Sums.Integers(a), Sums.Integers(b), Sums.Integers(c))
    var k = 0
    while k < quads {
      unsafe integers.a.addColumns(weight, a.quad(k))
      unsafe integers.b.addColumns(weight, b.quad(k))
      unsafe integers.c.addColumns(weight, c.quad(k))
      unsafe weight += panel.stride
      k &+= 1
    }
    let scales = unsafe panel.scales + panel.scaleStride &* part
    unsafe sums.a.addScaled(F.self, integers.a, scales, a.scale)
    unsafe sums.b.addScaled(F.self, integers.b, scales, b.scale)
    unsafe sums.c.addScaled(F.self, integers.c, scales, c.scale)
    sums.a.endVector()
    sums.b.endVector()
    sums.c.endVector()
    (a, b, c) = (inputs.a.hidden, inputs.b.hidden, inputs.c.hidden)
    quads = (layer.outputSize &+ 3) / 4
  }
  return Sums.cells(sums)
}
