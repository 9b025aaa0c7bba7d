// SPDX-License-Identifier: MIT

/// `stepQuantizedWide` for streams of a batch.
@inlinable @inline(__always)
func stepQuantizedWideBatch<F: FusedMultiplyAdd, Layer: WideLayer>(
  _: F.Type, _: Layer.Type, _ layer: RecurrentLayer<Layer.State.Record>, batch: Batch,
  model: borrowing ModelHandle
) where Layer.Pair: QuantizedPanelSums, Layer.Last: QuantizedPanelSums {
  batch.quantizeInputs(F.self, isWide: true, Layer.State.self, layer, model: model)
  var unit = 0
  while unit &+ 8 < layer.record.hiddenSize {
    stepQuantizedUnits(
      F.self, Layer.self, Layer.Pair.self, layer, batch: batch, unit: unit, model: model)
    unit &+= 16
  }
  if unit < layer.record.hiddenSize {
    stepQuantizedUnits(
      F.self, Layer.self, Layer.Last.self, layer, batch: batch, unit: unit, model: model)
  }
}

/// One or two panels of all streams.
@inlinable @inline(__always)
func stepQuantizedUnits<F: FusedMultiplyAdd, Layer: WideLayer, Sums: QuantizedPanelSums>(
  _: F.Type, _: Layer.Type, _: Sums.Type, _ layer: RecurrentLayer<Layer.State.Record>,
  batch: Batch, unit: Int, model: borrowing ModelHandle
) {
  let panel = PanelWeights(layer.record, .int8, gates: Layer.gates, unit: unit, model: model)
  var member = 0
  while member &+ 3 < batch.count {
    let first: Triple<Layer.State> = batch.states(member, layer, model: model)
    let second: Triple<Layer.State> = batch.states(member &+ 3, layer, model: model)
    Layer.step(
      F.self, sumQuantizedWide(F.self, Sums.self, layer.record, panel, batch, member), first,
      sumQuantizedWide(F.self, Sums.self, layer.record, panel, batch, member &+ 3), second,
      unit: unit)
    member &+= 6
  }
  if member < batch.count {
    let states: Triple<Layer.State> = batch.states(member, layer, model: model)
    Layer.step(
      F.self, sumQuantizedWide(F.self, Sums.self, layer.record, panel, batch, member), states,
      unit: unit)
  }
}

/// The sums for three streams, from `member` on.
@inlinable @inline(__always)
func sumQuantizedWide<F: FusedMultiplyAdd, Sums: QuantizedPanelSums, Record: RecurrentRecord>(
  _: F.Type, _: Sums.Type, _ layer: Record, _ panel: PanelWeights, _ batch: Batch, _ member: Int
) -> WideGates<Three<Sums.Units>> {
  let inputs = batch.quantizedInputs(member, layer.quantized)
  let biases = unsafe Sums(panel.bias)
  var sums = Triple(biases, biases, biases)
  for part in 0..<2 {
    let matrix = panel.matrix(layer, part)
    let vectors = inputs[part]
    let rows = matrix.sums(Sums.Rows.self, vectors)
    sums.a.addScaled(F.self, matrix, rows.a, vectors.a.scale)
    sums.b.addScaled(F.self, matrix, rows.b, vectors.b.scale)
    sums.c.addScaled(F.self, matrix, rows.c, vectors.c.scale)
    sums.a.endVector()
    sums.b.endVector()
    sums.c.endVector()
  }
  return completeSums(sums)
}
