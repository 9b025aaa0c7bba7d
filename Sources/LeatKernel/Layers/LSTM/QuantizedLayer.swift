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
    let panel = unsafe PanelWeights(record, .int8, unit: unit, model: model)
    var weight = unsafe panel.weights
    var low = unsafe PanelSums(panel.bias, together: 2)
    var high = unsafe PanelSums(panel.bias + 8, together: 2)
    var vector = unsafe inputs.input
    var quads = inputQuads
    for part in 0..<2 {
      var lowSums = IntegerSums()
      var highSums = IntegerSums()
      var k = 0
      while k < quads {
        let quad = unsafe vector.quad(k)
        unsafe lowSums.add(weight, together: 2, quad)
        unsafe highSums.add(weight + 32, together: 2, quad)
        unsafe weight += 2 &* IntegerSums.stride
        k &+= 1
      }
      let scales = unsafe panel.scales + 64 &* part
      unsafe low.add(F.self, lowSums, scales, together: 2, vector.scale)
      unsafe high.add(F.self, highSums, scales + 8, together: 2, vector.scale)
      unsafe vector = unsafe inputs.hidden
      quads = hiddenQuads
    }
    unsafe Gates.step(F.self, low, high, state, unit: unit)
    unit &+= 16
  }
  if unsafe unit < record.pointee.hiddenSize {
    let panel = unsafe PanelWeights(record, .int8, unit: unit, model: model)
    var weight = unsafe panel.weights
    var gates = unsafe PanelSums(panel.bias, together: 1)
    var vector = unsafe inputs.input
    var quads = inputQuads
    for part in 0..<2 {
      var sums = IntegerSums()
      var k = 0
      while k < quads {
        unsafe sums.add(weight, together: 1, vector.quad(k))
        unsafe weight += IntegerSums.stride
        k &+= 1
      }
      unsafe gates.add(F.self, sums, panel.scales + 32 &* part, together: 1, vector.scale)
      unsafe vector = unsafe inputs.hidden
      quads = hiddenQuads
    }
    unsafe Gates.step(F.self, gates, state, unit: unit)
  }
}

/// One panel of such a layer for three streams.
@inlinable @inline(__always)
func stepQuantizedPanel<F: FusedMultiplyAdd>(
  _: F.Type, _ layer: UnsafePointer<LSTMRecord>, unit: Int, panel: PanelWeights,
  _ inputs: (QuantizedInputs, QuantizedInputs, QuantizedInputs),
  _ states: StateTriple
) {
  let together = unsafe panel.together
  var gatesA = unsafe PanelSums(panel.bias, together: together)
  var gatesB = gatesA
  var gatesC = gatesA
  var weight = unsafe panel.weights
  var (a, b, c) = unsafe (inputs.0.input, inputs.1.input, inputs.2.input)
  var quads = unsafe (layer.pointee.inputSize &+ 3) / 4
  for part in 0..<2 {
    var sumsA = IntegerSums()
    var sumsB = IntegerSums()
    var sumsC = IntegerSums()
    var k = 0
    while k < quads {
      unsafe sumsA.add(weight, together: together, a.quad(k))
      unsafe sumsB.add(weight, together: together, b.quad(k))
      unsafe sumsC.add(weight, together: together, c.quad(k))
      unsafe weight += panel.stride
      k &+= 1
    }
    let scales = unsafe panel.scales + 32 &* together &* part
    unsafe gatesA.add(F.self, sumsA, scales, together: together, a.scale)
    unsafe gatesB.add(F.self, sumsB, scales, together: together, b.scale)
    unsafe gatesC.add(F.self, sumsC, scales, together: together, c.scale)
    unsafe (a, b, c) = unsafe (inputs.0.hidden, inputs.1.hidden, inputs.2.hidden)
    quads = unsafe (layer.pointee.outputSize &+ 3) / 4
  }
  unsafe Gates(gatesA, gatesB, gatesC).step(F.self, states, unit: unit)
}

/// `stepQuantizedLSTM` for streams of a batch, a multiple of three.
@inlinable @inline(__always)
public func stepQuantizedLSTMBatch<F: FusedMultiplyAdd>(
  _: F.Type, model: borrowing ModelImage, layer: UnsafePointer<LayerRecord>,
  streams: UnsafePointer<OpaquePointer?>, count: Int
) {
  let batch = unsafe LSTMBatch(LSTMLayer(layer, model: model), streams, count)
  let record = unsafe batch.layer.record
  for member in 0..<count {
    _ = unsafe QuantizedInputs(
      F.self, writing: record, batch.state(member, model: model), batch.stream(member))
  }
  var unit = 0
  while unsafe unit < record.pointee.hiddenSize {
    let panel = unsafe PanelWeights(record, .int8, unit: unit, model: model)
    var member = 0
    while member < count {
      unsafe stepQuantizedPanel(
        F.self, record, unit: unit, panel: panel,
        (
          QuantizedInputs(record, batch.stream(member)),
          QuantizedInputs(record, batch.stream(member &+ 1)),
          QuantizedInputs(record, batch.stream(member &+ 2))
        ),
        batch.states(member, model: model))
      member &+= 3
    }
    unit &+= 8
  }
}
