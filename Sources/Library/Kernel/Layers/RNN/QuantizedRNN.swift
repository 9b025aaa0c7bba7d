// SPDX-License-Identifier: MIT

import CVectors

/// `stepRNN` for weights that are integers with a scale for each row: inputs and h are rounded as an
/// LSTM's are, z = bias + scale Σ W x + scale Σ W h, the sums exact.
@inlinable @inline(__always)
public func stepQuantizedRNN<F: FusedMultiplyAdd>(
  _: F.Type, model: borrowing ModelImage, layer: UnsafePointer<LayerRecord>,
  stream: borrowing StreamBlock
) {
  let layer = unsafe RNNLayer(layer, model: model)
  let record = unsafe layer.record
  let state = unsafe RNNState(layer, model: model, stream: stream)
  let inputs = unsafe QuantizedInputs(F.self, writing: record, state, stream)
  var unit = 0
  while unsafe unit < record.pointee.hiddenSize {
    let panel = unsafe QuantizedPanel(record, model, unit: unit)
    var sum = LaneSingle(unsafe panel.bias)
    for part in 0..<2 {
      let vector = unsafe part == 0 ? inputs.input : inputs.hidden
      var total = leat_vector_repeat(unsafe vector.offset)
      var weight = unsafe panel.weights(part)
      for k in 0..<(unsafe panel.quads(part)) {
        let quad = unsafe vector.quad(k)
        total = unsafe leat_vector_add_products(total, weight, quad.even, quad.odd)
        unsafe weight += panel.stride
      }
      sum = unsafe .fma(
        F.self, LaneSingle(leat_vector_from_integers(total)),
        LaneSingle(panel.scales(part) * Lanes(repeating: vector.scale)), sum)
    }
    unsafe state.store(newHidden(F.self, sum), unit)
    unit &+= 8
  }
}

/// The same of all streams of a batch, each weight that is loaded for three.
@inlinable @inline(__always)
public func stepQuantizedRNNBatch<F: FusedMultiplyAdd>(
  _: F.Type, model: borrowing ModelImage, layer: UnsafePointer<LayerRecord>, batch: Batch
) {
  let layer = unsafe RNNLayer(layer, model: model)
  let record = unsafe layer.record
  for member in unsafe 0..<batch.count {
    _ = unsafe QuantizedInputs(
      F.self, writing: record, batch.state(member, layer, model: model), batch.stream(member))
  }
  var unit = 0
  while unsafe unit < record.pointee.hiddenSize {
    let panel = unsafe QuantizedPanel(record, model, unit: unit)
    var member = 0
    while unsafe member < batch.count {
      unsafe stepPanel(
        F.self, panel,
        QuantizedInputs(record.pointee.quantized, batch.stream(member)),
        QuantizedInputs(record.pointee.quantized, batch.stream(member &+ 1)),
        QuantizedInputs(record.pointee.quantized, batch.stream(member &+ 2)),
        batch.states(member, layer, model: model), unit: unit)
      member &+= 3
    }
    unit &+= 8
  }
}

/// One panel for three streams.
@inlinable @inline(__always)
func stepPanel<F: FusedMultiplyAdd>(
  _: F.Type, _ panel: QuantizedPanel, _ a: QuantizedInputs, _ b: QuantizedInputs,
  _ c: QuantizedInputs, _ states: RNNTriple, unit: Int
) {
  let bias = unsafe panel.bias
  var sums = LaneTriple(bias, bias, bias)
  for part in 0..<2 {
    let vectorA = unsafe part == 0 ? a.input : a.hidden
    let vectorB = unsafe part == 0 ? b.input : b.hidden
    let vectorC = unsafe part == 0 ? c.input : c.hidden
    var totalA = leat_vector_repeat(unsafe vectorA.offset)
    var totalB = leat_vector_repeat(unsafe vectorB.offset)
    var totalC = leat_vector_repeat(unsafe vectorC.offset)
    var weight = unsafe panel.weights(part)
    for k in 0..<(unsafe panel.quads(part)) {
      let (quadA, quadB, quadC) = unsafe (vectorA.quad(k), vectorB.quad(k), vectorC.quad(k))
      totalA = unsafe leat_vector_add_products(totalA, weight, quadA.even, quadA.odd)
      totalB = unsafe leat_vector_add_products(totalB, weight, quadB.even, quadB.odd)
      totalC = unsafe leat_vector_add_products(totalC, weight, quadC.even, quadC.odd)
      unsafe weight += panel.stride
    }
    let scales = unsafe panel.scales(part)
    sums = unsafe .fma(
      F.self,
      LaneTriple(
        leat_vector_from_integers(totalA), leat_vector_from_integers(totalB),
        leat_vector_from_integers(totalC)),
      LaneTriple(
        scales * Lanes(repeating: vectorA.scale), scales * Lanes(repeating: vectorB.scale),
        scales * Lanes(repeating: vectorC.scale)), sums)
  }
  unsafe states.store(newHidden(F.self, sums), unit)
}

/// One panel of integers. Part 0 is weight_ih's, part 1 weight_hh's.
@unsafe @usableFromInline
struct QuantizedPanel {
  @usableFromInline let weights: UnsafeRawPointer
  /// Bytes from four columns to the next four.
  @usableFromInline let stride: Int
  @usableFromInline let bias: Lanes
  @usableFromInline let scales: UnsafePointer<Float>
  /// Four columns each of weight_ih and of weight_hh.
  @usableFromInline let quads: (Int, Int)

  /// The one that begins with `unit`.
  @inlinable @inline(__always)
  init(_ record: UnsafePointer<RNNRecord>, _ model: borrowing ModelImage, unit: Int) {
    let panel = unit / 8
    let panels = unsafe Panels(units: record.pointee.hiddenSize, gates: 1, type: .int8)
    unsafe stride = 32 &* panels.together(panel)
    unsafe quads =
      unsafe (
        (record.pointee.inputSize &+ 3) / 4, (record.pointee.hiddenSize &+ 3) / 4
      )
    // The two panels of a pair are side by side in each column.
    let pair = unsafe panels.start(ofPair: panel / 2, columns: 4 &* (quads.0 &+ quads.1))
    unsafe weights = model.bytes(at: record.pointee.weights) + (pair &+ panel % 2 &* 32)
    unsafe bias = unsafe load(model.floats(at: record.pointee.bias), unit)
    unsafe scales =
      model.floats(at: record.pointee.quantized.scales) + (panel / 2 &* 32 &+ panel % 2 &* 8)
  }

  @inlinable @inline(__always)
  func quads(_ part: Int) -> Int { unsafe part == 0 ? quads.0 : quads.1 }

  @inlinable @inline(__always)
  func weights(_ part: Int) -> UnsafeRawPointer { unsafe weights + part &* quads.0 &* stride }

  /// Of the panel's rows. They are panels of floats, of a column for each part.
  @inlinable @inline(__always)
  func scales(_ part: Int) -> Lanes { unsafe load(scales, part &* stride / 4) }
}

extension QuantizedInputs {
  /// Writes those of a layer of an `nn.RNN`.
  @inlinable @inline(__always)
  init<F: FusedMultiplyAdd>(
    _: F.Type, writing record: UnsafePointer<RNNRecord>, _ state: RNNState,
    _ stream: borrowing StreamBlock
  ) {
    unsafe self.init(
      F.self, writing: record.pointee.quantized,
      input: (state.input, count: record.pointee.inputSize),
      hidden: (state.hidden, count: record.pointee.hiddenSize), stream)
  }
}
