// SPDX-License-Identifier: MIT

import CVectors

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
  var unit = 0
  while unit < layer.record.hiddenSize {
    let panel = QuantizedPanel(layer.record, model, unit: unit)
    var sum = LaneSingle(panel.bias)
    for part in 0..<2 {
      let vector = part == 0 ? inputs.input : inputs.hidden
      var total = leat_vector_repeat(vector.offset)
      var weight = unsafe panel.weights(part)
      for k in 0..<(panel.quads(part)) {
        let quad = vector.quad(k)
        total = unsafe leat_vector_add_products(total, weight, quad.even, quad.odd)
        unsafe weight += panel.stride
      }
      sum = .fma(
        F.self, LaneSingle(leat_vector_from_integers(total)),
        LaneSingle(panel.scales(part) * Lanes(repeating: vector.scale)), sum)
    }
    state.store(newHidden(F.self, sum), unit)
    unit &+= 8
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
    let panel = QuantizedPanel(layer.record, model, unit: unit)
    var member = 0
    while member < batch.count {
      stepPanel(
        F.self, panel, batch.quantizedInputs(member, layer.record.quantized),
        batch.states(member, layer, model: model), unit: unit)
      member &+= 3
    }
    unit &+= 8
  }
}

/// One panel for three streams.
@inlinable @inline(__always)
func stepPanel<F: FusedMultiplyAdd>(
  _: F.Type, _ panel: QuantizedPanel, _ inputs: Triple<QuantizedInputs>,
  _ states: Triple<RNNState>, unit: Int
) {
  let bias = panel.bias
  var sums = LaneTriple(bias, bias, bias)
  for part in 0..<2 {
    let vectorA = part == 0 ? inputs.a.input : inputs.a.hidden
    let vectorB = part == 0 ? inputs.b.input : inputs.b.hidden
    let vectorC = part == 0 ? inputs.c.input : inputs.c.hidden
    var totalA = leat_vector_repeat(vectorA.offset)
    var totalB = leat_vector_repeat(vectorB.offset)
    var totalC = leat_vector_repeat(vectorC.offset)
    var weight = unsafe panel.weights(part)
    for k in 0..<(panel.quads(part)) {
      let (quadA, quadB, quadC) = (vectorA.quad(k), vectorB.quad(k), vectorC.quad(k))
      totalA = unsafe leat_vector_add_products(totalA, weight, quadA.even, quadA.odd)
      totalB = unsafe leat_vector_add_products(totalB, weight, quadB.even, quadB.odd)
      totalC = unsafe leat_vector_add_products(totalC, weight, quadC.even, quadC.odd)
      unsafe weight += panel.stride
    }
    let scales = panel.scales(part)
    sums = .fma(
      F.self,
      LaneTriple(
        leat_vector_from_integers(totalA), leat_vector_from_integers(totalB),
        leat_vector_from_integers(totalC)),
      LaneTriple(
        scales * Lanes(repeating: vectorA.scale), scales * Lanes(repeating: vectorB.scale),
        scales * Lanes(repeating: vectorC.scale)), sums)
  }
  states.store(newHidden(F.self, sums), unit)
}

/// One panel of integers. Part 0 is weight_ih's, part 1 weight_hh's.
@safe @usableFromInline
struct QuantizedPanel {
  @usableFromInline let weights: UnsafeRawPointer
  /// Bytes from four columns to the next four.
  @usableFromInline let stride: Int
  @usableFromInline let bias: Lanes
  @usableFromInline let scales: UnsafePointer<Float>
  /// Four columns each of weight_ih and of weight_hh.
  @usableFromInline let quads: (Int, Int)

  /// The panel that begins with `unit`.
  @inlinable @inline(__always)
  init(_ record: HiddenStateRecord, _ model: borrowing ModelHandle, unit: Int) {
    let panel = unit / 8
    let panels = Panels(units: record.hiddenSize, gates: 1, type: .int8)
    stride = 32 &* panels.together(panel)
    quads =
      (
        (record.inputSize &+ 3) / 4, (record.hiddenSize &+ 3) / 4
      )
    // The two panels of a pair are side by side in each column.
    let pair = panels.start(ofPair: panel / 2, columns: 4 &* (quads.0 &+ quads.1))
    unsafe weights = model.bytes(at: record.weights) + (pair &+ panel % 2 &* 32)
    bias = unsafe load(model.floats(at: record.bias), unit)
    unsafe scales =
      model.floats(at: record.quantized.scales) + (panel / 2 &* 32 &+ panel % 2 &* 8)
  }

  @inlinable @inline(__always)
  func quads(_ part: Int) -> Int { part == 0 ? quads.0 : quads.1 }

  @inlinable @inline(__always)
  func weights(_ part: Int) -> UnsafeRawPointer { unsafe weights + part &* quads.0 &* stride }

  /// Of the panel's rows: a panel of floats, with a column for each part.
  @inlinable @inline(__always)
  func scales(_ part: Int) -> Lanes { unsafe load(scales, part &* stride / 4) }
}
