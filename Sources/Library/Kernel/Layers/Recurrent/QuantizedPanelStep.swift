// SPDX-License-Identifier: MIT

/// `stepPanels` for integer weights with a scale for each row: z = bias + scale Σ W x + scale Σ W h.
/// Inputs and h are rounded to 16 bits or less, and the sums are exact.
@inlinable @inline(__always)
func stepQuantizedPanels<F: FusedMultiplyAdd, Sums: PanelSums>(
  _: F.Type, _: Sums.Type, _ layer: RecurrentLayer<Sums.State.Record>, _ state: Sums.State,
  model: borrowing ModelHandle, stream: borrowing StreamHandle
) {
  let inputs = QuantizedInputs(F.self, quantizing: state, layer, stream)
  var unit = 0
  while unit &+ 8 < layer.record.hiddenSize {
    let panel = PanelWeights(layer.record, .int8, gates: Sums.gates, unit: unit, model: model)
    var low = unsafe Sums(panel.bias)
    var high = unsafe Sums(panel.bias + 32)
    for part in 0..<2 {
      let matrix = panel.matrix(layer.record, part)
      let vector = inputs[part]
      if F.Integers.holdsPairs {
        Sums.addProducts(F.self, &low, &high, matrix, vector)
      } else {
        low.addProducts(F.self, matrix, vector)
        high.addProducts(F.self, matrix.from(Sums.gates), vector)
      }
      low.endVector()
      high.endVector()
    }
    Sums.step(F.self, low, high, state, unit: unit)
    unit &+= 16
  }
  if unit < layer.record.hiddenSize {
    let panel = PanelWeights(layer.record, .int8, gates: Sums.gates, unit: unit, model: model)
    var sums = unsafe Sums(panel.bias)
    for part in 0..<2 {
      sums.addProducts(F.self, panel.matrix(layer.record, part), inputs[part])
      sums.endVector()
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
  for part in 0..<2 {
    Sums.addProducts(F.self, &sums, panel.matrix(layer, part), inputs[part])
    sums.a.endVector()
    sums.b.endVector()
    sums.c.endVector()
  }
  return Sums.cells(sums)
}
