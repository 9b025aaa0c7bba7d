// SPDX-License-Identifier: MIT

/// `stepRNN` for integer weights with a scale for each row: z = bias + scale Σ W x + scale Σ W h.
/// The sums are exact.
@inlinable @inline(__always)
public func stepQuantizedRNN<F: FusedMultiplyAdd>(
  _: F.Type, model: borrowing ModelHandle, layer: RecordHandle<LayerRecord>,
  stream: borrowing StreamHandle
) {
  let layer = RecurrentLayer<HiddenStateRecord>(layer, model: model)
  let state = RNNState(layer, model: model, stream: stream)
  let inputs = QuantizedInputs(F.self, quantizing: state, layer, stream)
  let bias = unsafe model.floats(at: layer.record.bias)
  var unit = 0
  while unit < layer.record.hiddenSize {
    let isPair = unit &+ 8 < layer.record.hiddenSize
    let panel = PanelWeights(layer.record, .int8, gates: 1, unit: unit, model: model)
    var low = unsafe load(bias, unit)
    var high = isPair ? unsafe load(bias, unit &+ 8) : Lanes.zero
    for part in 0..<2 {
      let matrix = panel.matrix(layer.record, part)
      let vector = inputs[part]
      if isPair {
        let rows = matrix.sums(F.Integers.Rows16.self, vector)
        low = matrix.scaled(F.self, rows.sums(0), 0, vector.scale, plus: low)
        high = matrix.scaled(F.self, rows.sums(1), 1, vector.scale, plus: high)
      } else {
        let rows = matrix.sums(F.Integers.Rows8.self, vector)
        low = matrix.scaled(F.self, rows.sums(0), 0, vector.scale, plus: low)
      }
    }
    let new = newHidden(F.self, Two(LaneSingle(low), LaneSingle(high)))
    state.store(new.first, unit)
    if isPair { state.store(new.second, unit &+ 8) }
    unit &+= 16
  }
}

/// `stepQuantizedRNN` for all streams of a batch. Each weight that is loaded serves three.
@inlinable @inline(__always)
public func stepQuantizedRNNBatch<F: FusedMultiplyAdd>(
  _: F.Type, model: borrowing ModelHandle, layer: RecordHandle<LayerRecord>, batch: Batch
) {
  let layer = RecurrentLayer<HiddenStateRecord>(layer, model: model)
  batch.quantizeInputs(F.self, RNNState.self, layer, model: model)
  var unit = 0
  while unit < layer.record.hiddenSize {
    let panel = PanelWeights(layer.record, .int8, gates: 1, unit: unit, model: model)
    let bias = unsafe load(model.floats(at: layer.record.bias), unit)
    var member = 0
    while member < batch.count {
      let states: Triple<RNNState> = batch.states(member, layer, model: model)
      let inputs = batch.quantizedInputs(member, layer.record.quantized)
      var sums = LaneTriple(bias, bias, bias)
      for part in 0..<2 { sums.addProducts(F.self, panel.matrix(layer.record, part), inputs[part]) }
      states.store(newHidden(F.self, sums), unit)
      member &+= 3
    }
    unit &+= 8
  }
}

extension LaneTriple {
  /// Of one panel.
  @inlinable @inline(__always)
  mutating func addProducts<F: FusedMultiplyAdd>(
    _: F.Type, _ matrix: QuantizedMatrix, _ vectors: Triple<QuantizedVector>
  ) {
    let rows = matrix.sums(F.Integers.Rows8.self, vectors)
    self = LaneTriple(
      matrix.scaled(F.self, rows.a.sums(0), 0, vectors.a.scale, plus: first.lanes),
      matrix.scaled(F.self, rows.b.sums(0), 0, vectors.b.scale, plus: second.lanes),
      matrix.scaled(F.self, rows.c.sums(0), 0, vectors.c.scale, plus: third.lanes))
  }
}
