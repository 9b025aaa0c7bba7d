// SPDX-License-Identifier: MIT

/// `stepLSTM` for weights that are integers with a scale for each row. Inputs and h are rounded to 16
/// bits or less; z = bias + scale Σ W x + scale Σ W h, the sums exact.
@inlinable @inline(__always)
public func stepQuantizedLSTM<F: FusedMultiplyAdd>(
  _: F.Type, model: borrowing ModelImage, layer: UnsafePointer<LayerRecord>,
  stream: borrowing StreamBlock
) {
  let layer = unsafe LSTMLayer(layer, model: model)
  let record = unsafe layer.record
  let state = unsafe LayerState(layer, model: model, stream: stream)
  let inputs = unsafe QuantizedInputs(F.self, writing: record, state, stream)
  let inputQuads = unsafe (record.pointee.inputSize &+ 3) / 4
  let hiddenQuads = unsafe (record.pointee.outputSize &+ 3) / 4
  var unit = 0
  while unsafe unit &+ 8 < record.pointee.hiddenSize {
    let panel = unsafe PanelWeights(
      record, .int8, column: IntegerSums.column, unit: unit, model: model)
    var weight = unsafe panel.weights
    var low = unsafe PanelSums(panel.bias)
    var high = unsafe PanelSums(panel.bias + 32)
    var vector = unsafe inputs.input
    var quads = inputQuads
    for part in 0..<2 {
      var lowSums = unsafe IntegerSums(vector)
      var highSums = lowSums
      var k = 0
      while k < quads {
        let quad = unsafe vector.quad(k)
        unsafe lowSums.add(weight, quad)
        unsafe highSums.add(weight + IntegerSums.column, quad)
        unsafe weight += panel.stride
        k &+= 1
      }
      let scales = unsafe panel.scales + panel.scaleStride &* part
      unsafe low.add(F.self, lowSums, scales, vector.scale)
      unsafe high.add(F.self, highSums, scales + 32, vector.scale)
      unsafe vector = unsafe inputs.hidden
      quads = hiddenQuads
    }
    unsafe Gates.step(F.self, low, high, state, unit: unit)
    unit &+= 16
  }
  if unsafe unit < record.pointee.hiddenSize {
    let panel = unsafe PanelWeights(
      record, .int8, column: IntegerSums.column, unit: unit, model: model)
    var weight = unsafe panel.weights
    var gates = unsafe PanelSums(panel.bias)
    var vector = unsafe inputs.input
    var quads = inputQuads
    for part in 0..<2 {
      var sums = unsafe IntegerSums(vector)
      var k = 0
      while k < quads {
        unsafe sums.add(weight, vector.quad(k))
        unsafe weight += panel.stride
        k &+= 1
      }
      unsafe gates.add(F.self, sums, panel.scales + panel.scaleStride &* part, vector.scale)
      unsafe vector = unsafe inputs.hidden
      quads = hiddenQuads
    }
    unsafe Gates.step(F.self, gates, state, unit: unit)
  }
  if unsafe record.pointee.projection != 0 {
    unsafe layer.project(model, stream, from: 0, upTo: record.pointee.outputSize)
  }
}

/// One panel of such a layer for three streams.
@inlinable @inline(__always)
func stepQuantizedPanel<F: FusedMultiplyAdd>(
  _: F.Type, _ layer: UnsafePointer<LSTMRecord>, unit: Int, panel: PanelWeights,
  _ inputs: (QuantizedInputs, QuantizedInputs, QuantizedInputs),
  _ states: StateTriple
) {
  var gatesA = unsafe PanelSums(panel.bias)
  var gatesB = gatesA
  var gatesC = gatesA
  var weight = unsafe panel.weights
  var (a, b, c) = unsafe (inputs.0.input, inputs.1.input, inputs.2.input)
  var quads = unsafe (layer.pointee.inputSize &+ 3) / 4
  for part in 0..<2 {
    var sumsA = unsafe IntegerSums(a)
    var sumsB = unsafe IntegerSums(b)
    var sumsC = unsafe IntegerSums(c)
    var k = 0
    while k < quads {
      unsafe sumsA.add(weight, a.quad(k))
      unsafe sumsB.add(weight, b.quad(k))
      unsafe sumsC.add(weight, c.quad(k))
      unsafe weight += panel.stride
      k &+= 1
    }
    let scales = unsafe panel.scales + panel.scaleStride &* part
    unsafe gatesA.add(F.self, sumsA, scales, a.scale)
    unsafe gatesB.add(F.self, sumsB, scales, b.scale)
    unsafe gatesC.add(F.self, sumsC, scales, c.scale)
    unsafe (a, b, c) = unsafe (inputs.0.hidden, inputs.1.hidden, inputs.2.hidden)
    quads = unsafe (layer.pointee.outputSize &+ 3) / 4
  }
  unsafe Gates(gatesA, gatesB, gatesC).step(F.self, states, unit: unit)
}

/// `stepQuantizedLSTM` for streams of a batch.
@inlinable @inline(__always)
public func stepQuantizedLSTMBatch<F: FusedMultiplyAdd>(
  _: F.Type, model: borrowing ModelImage, layer: UnsafePointer<LayerRecord>, batch: Batch
) {
  let layer = unsafe LSTMLayer(layer, model: model)
  let record = unsafe layer.record
  for member in unsafe 0..<batch.count {
    _ = unsafe QuantizedInputs(
      F.self, writing: record, batch.state(member, layer, model: model), batch.stream(member))
  }
  var unit = 0
  while unsafe unit < record.pointee.hiddenSize {
    let panel = unsafe PanelWeights(
      record, .int8, column: IntegerSums.column, unit: unit, model: model)
    var member = 0
    while unsafe member < batch.count {
      unsafe stepQuantizedPanel(
        F.self, record, unit: unit, panel: panel,
        (
          QuantizedInputs(record.pointee.quantized, batch.stream(member)),
          QuantizedInputs(record.pointee.quantized, batch.stream(member &+ 1)),
          QuantizedInputs(record.pointee.quantized, batch.stream(member &+ 2))
        ),
        batch.states(member, layer, model: model))
      member &+= 3
    }
    unit &+= 8
  }
  unsafe batch.project(layer, model: model)
}

extension QuantizedInputs {
  /// Writes those of an LSTM layer.
  @inlinable @inline(__always)
  init<F: FusedMultiplyAdd>(
    _: F.Type, writing layer: UnsafePointer<LSTMRecord>, _ state: LayerState,
    _ stream: borrowing StreamBlock
  ) {
    unsafe self.init(
      F.self, writing: layer.pointee.quantized,
      input: (state.input, count: layer.pointee.inputSize),
      hidden: (state.hidden, count: layer.pointee.outputSize), stream)
  }
}
