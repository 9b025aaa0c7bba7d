// SPDX-License-Identifier: MIT

/// `stepLSTM` for integer weights with a scale for each row: z = bias + scale Σ W x + scale Σ W h.
/// Inputs and h are rounded to 16 bits or less, and the sums are exact.
@inlinable @inline(__always)
public func stepQuantizedLSTM<F: FusedMultiplyAdd>(
  _: F.Type, model: borrowing ModelHandle, layer: RecordHandle<LayerRecord>,
  stream: borrowing StreamHandle
) {
  let layer = RecurrentLayer<LSTMRecord>(layer, model: model)
  let state = LSTMState(layer, model: model, stream: stream)
  let inputs = QuantizedInputs(F.self, quantizing: state, layer, stream)
  let inputQuads = (layer.record.inputSize &+ 3) / 4
  let hiddenQuads = (layer.record.outputSize &+ 3) / 4
  var unit = 0
  while unit &+ 8 < layer.record.hiddenSize {
    let panel = PanelWeights(
      layer.record, .int8, column: IntegerSums.column, unit: unit, model: model)
    var weight = unsafe panel.weights
    var low = unsafe PanelSums(panel.bias)
    var high = unsafe PanelSums(panel.bias + 32)
    var vector = inputs.input
    var quads = inputQuads
    for part in 0..<2 {
      var lowSums = IntegerSums(vector)
      var highSums = lowSums
      var k = 0
      while k < quads {
        let quad = vector.quad(k)
        unsafe lowSums.addColumns(weight, quad)
        unsafe highSums.addColumns(weight + IntegerSums.column, quad)
        unsafe weight += panel.stride
        k &+= 1
      }
      let scales = unsafe panel.scales + panel.scaleStride &* part
      unsafe low.addScaled(F.self, lowSums, scales, vector.scale)
      unsafe high.addScaled(F.self, highSums, scales + 32, vector.scale)
      vector = inputs.hidden
      quads = hiddenQuads
    }
    LSTMCell.step(F.self, low, high, state, unit: unit)
    unit &+= 16
  }
  if unit < layer.record.hiddenSize {
    let panel = PanelWeights(
      layer.record, .int8, column: IntegerSums.column, unit: unit, model: model)
    var weight = unsafe panel.weights
    var gates = unsafe PanelSums(panel.bias)
    var vector = inputs.input
    var quads = inputQuads
    for part in 0..<2 {
      var sums = IntegerSums(vector)
      var k = 0
      while k < quads {
        unsafe sums.addColumns(weight, vector.quad(k))
        unsafe weight += panel.stride
        k &+= 1
      }
      unsafe gates.addScaled(F.self, sums, panel.scales + panel.scaleStride &* part, vector.scale)
      vector = inputs.hidden
      quads = hiddenQuads
    }
    LSTMCell.step(F.self, gates, state, unit: unit)
  }
  if layer.record.projection != 0 {
    layer.project(model, stream, from: 0, upTo: layer.record.outputSize)
  }
}

/// One panel of such a layer for three streams.
@inlinable @inline(__always)
func stepQuantizedPanel<F: FusedMultiplyAdd>(
  _: F.Type, _ layer: LSTMRecord, unit: Int, panel: PanelWeights,
  _ inputs: Triple<QuantizedInputs>, _ states: Triple<LSTMState>
) {
  var gatesA = unsafe PanelSums(panel.bias)
  var gatesB = gatesA
  var gatesC = gatesA
  var weight = unsafe panel.weights
  var (a, b, c) = (inputs.a.input, inputs.b.input, inputs.c.input)
  var quads = (layer.inputSize &+ 3) / 4
  for part in 0..<2 {
    var sumsA = IntegerSums(a)
    var sumsB = IntegerSums(b)
    var sumsC = IntegerSums(c)
    var k = 0
    while k < quads {
      unsafe sumsA.addColumns(weight, a.quad(k))
      unsafe sumsB.addColumns(weight, b.quad(k))
      unsafe sumsC.addColumns(weight, c.quad(k))
      unsafe weight += panel.stride
      k &+= 1
    }
    let scales = unsafe panel.scales + panel.scaleStride &* part
    unsafe gatesA.addScaled(F.self, sumsA, scales, a.scale)
    unsafe gatesB.addScaled(F.self, sumsB, scales, b.scale)
    unsafe gatesC.addScaled(F.self, sumsC, scales, c.scale)
    (a, b, c) = (inputs.a.hidden, inputs.b.hidden, inputs.c.hidden)
    quads = (layer.outputSize &+ 3) / 4
  }
  LSTMCell(gatesA, gatesB, gatesC).step(F.self, states, unit: unit)
}

/// `stepQuantizedLSTM` for streams of a batch.
@inlinable @inline(__always)
public func stepQuantizedLSTMBatch<F: FusedMultiplyAdd>(
  _: F.Type, model: borrowing ModelHandle, layer: RecordHandle<LayerRecord>, batch: Batch
) {
  let layer = RecurrentLayer<LSTMRecord>(layer, model: model)
  batch.quantizeInputs(F.self, LSTMState.self, layer, model: model)
  var unit = 0
  while unit < layer.record.hiddenSize {
    let panel = PanelWeights(
      layer.record, .int8, column: IntegerSums.column, unit: unit, model: model)
    var member = 0
    while member < batch.count {
      stepQuantizedPanel(
        F.self, layer.record, unit: unit, panel: panel,
        batch.quantizedInputs(member, layer.record.quantized),
        batch.states(member, layer, model: model))
      member &+= 3
    }
    unit &+= 8
  }
  batch.project(layer, model: model)
}
