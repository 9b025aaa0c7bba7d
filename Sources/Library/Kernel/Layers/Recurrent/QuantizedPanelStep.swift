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
    while member &+ 6 <= batch.count {
      let first: Triple<Sums.State> = batch.states(member, layer, model: model)
      let second: Triple<Sums.State> = batch.states(member &+ 3, layer, model: model)
      Sums.step(
        F.self, sumQuantizedPanel(F.self, Sums.self, layer.record, panel, batch, member), first,
        sumQuantizedPanel(F.self, Sums.self, layer.record, panel, batch, member &+ 3), second,
        unit: unit)
      member &+= 6
    }
    if member < batch.count {
      let states: Triple<Sums.State> = batch.states(member, layer, model: model)
      Sums.step(
        F.self, sumQuantizedPanel(F.self, Sums.self, layer.record, panel, batch, member), states,
        unit: unit)
    }
    unit &+= 8
  }
}

/// The sums of one panel for three streams, from `member` on.
@inlinable @inline(__always)
func sumQuantizedPanel<F: FusedMultiplyAdd, Sums: PanelSums>(
  _: F.Type, _: Sums.Type, _ layer: Sums.State.Record, _ panel: PanelWeights, _ batch: Batch,
  _ member: Int
) -> Sums.Cells {
  let inputs = batch.quantizedInputs(member, layer.quantized)
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
