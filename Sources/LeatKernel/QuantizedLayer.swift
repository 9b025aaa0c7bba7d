// SPDX-License-Identifier: MIT

/// `stepLSTMLayer` for weights that are integers with a scale for each row. Inputs and h are rounded
/// to 16 bits or less; z = bias + scale Σ W x + scale Σ W h, the sums exact.
@inlinable @inline(never)
func stepQuantizedLayer<F: FusedMultiplyAdd>(
  _: F.Type, _ layer: UnsafePointer<LSTMRecord>, _ model: borrowing ModelImage,
  _ stream: borrowing StreamBlock, _ input: UnsafePointer<Float>
) {
  let state = unsafe LayerState(layer, model: model, stream: stream, input: input)
  unsafe QuantizedInputs.write(F.self, layer, state, to: stream, model: model)
  let inputs = unsafe QuantizedInputs(stream, model: model)
  let inputPairs = unsafe (layer.pointee.inputSize &+ 1) / 2
  let hiddenPairs = unsafe (layer.pointee.outputSize &+ 1) / 2
  var weight = unsafe model.bytes(at: layer.pointee.weights)
  var bias = unsafe model.floats(at: layer.pointee.bias)
  var scales = unsafe model.floats(at: layer.pointee.quantized.scales)
  var unit = 0
  while unsafe unit &+ 8 < layer.pointee.hiddenSize {
    var low = unsafe PanelSums(bias)
    var high = unsafe PanelSums(bias + 32)
    var vector = unsafe inputs.input
    var pairs = inputPairs
    for part in 0..<2 {
      var lowSums = IntegerSums()
      var highSums = IntegerSums()
      var k = 0
      while k < pairs {
        let pair = unsafe vector.pair(k)
        unsafe lowSums.add(weight, pair)
        unsafe highSums.add(weight + IntegerSums.stride, pair)
        unsafe weight += 2 &* IntegerSums.stride
        k &+= 1
      }
      unsafe low.add(F.self, lowSums, scales + 32 &* part, vector.scale)
      unsafe high.add(F.self, highSums, scales + (64 &+ 32 &* part), vector.scale)
      unsafe vector = unsafe inputs.hidden
      pairs = hiddenPairs
    }
    unsafe Gates.step(F.self, low, high, state, unit: unit)
    unsafe bias += 64
    unsafe scales += 128
    unit &+= 16
  }
  if unsafe unit < layer.pointee.hiddenSize {
    var gates = unsafe PanelSums(bias)
    var vector = unsafe inputs.input
    var pairs = inputPairs
    for part in 0..<2 {
      var sums = IntegerSums()
      var k = 0
      while k < pairs {
        unsafe sums.add(weight, vector.pair(k))
        unsafe weight += IntegerSums.stride
        k &+= 1
      }
      unsafe gates.add(F.self, sums, scales + 32 &* part, vector.scale)
      unsafe vector = unsafe inputs.hidden
      pairs = hiddenPairs
    }
    unsafe Gates.step(F.self, gates, state, unit: unit)
  }
}

/// One panel of such a layer for three streams.
@inlinable @inline(__always)
func stepQuantizedPanel<F: FusedMultiplyAdd>(
  _: F.Type, _ layer: UnsafePointer<LSTMRecord>, unit: Int, panel: PanelWeights,
  scales: UnsafePointer<Float>,
  _ inputs: (QuantizedInputs, QuantizedInputs, QuantizedInputs),
  _ states: StateTriple
) {
  var gatesA = unsafe PanelSums(panel.bias)
  var gatesB = gatesA
  var gatesC = gatesA
  var weight = unsafe panel.weights
  var (a, b, c) = unsafe (inputs.0.input, inputs.1.input, inputs.2.input)
  var pairs = unsafe (layer.pointee.inputSize &+ 1) / 2
  for part in 0..<2 {
    var sumsA = IntegerSums()
    var sumsB = IntegerSums()
    var sumsC = IntegerSums()
    var k = 0
    while k < pairs {
      unsafe sumsA.add(weight, a.pair(k))
      unsafe sumsB.add(weight, b.pair(k))
      unsafe sumsC.add(weight, c.pair(k))
      unsafe weight += panel.stride
      k &+= 1
    }
    unsafe gatesA.add(F.self, sumsA, scales + 32 &* part, a.scale)
    unsafe gatesB.add(F.self, sumsB, scales + 32 &* part, b.scale)
    unsafe gatesC.add(F.self, sumsC, scales + 32 &* part, c.scale)
    unsafe (a, b, c) = unsafe (inputs.0.hidden, inputs.1.hidden, inputs.2.hidden)
    pairs = unsafe (layer.pointee.outputSize &+ 1) / 2
  }
  unsafe Gates(gatesA, gatesB, gatesC).step(F.self, states, unit: unit)
}

extension Batch {
  @inlinable @inline(__always)
  func stepQuantizedPanels<F: FusedMultiplyAdd>(
    _: F.Type, _ index: Int, _ layer: UnsafePointer<LSTMRecord>, model: borrowing ModelImage
  ) {
    for member in unsafe 0..<count {
      unsafe QuantizedInputs.write(
        F.self, layer, state(member, index, layer, model: model), to: stream(member), model: model)
    }
    let pairs = unsafe (layer.pointee.inputSize &+ 1) / 2 &+ (layer.pointee.outputSize &+ 1) / 2
    var unit = 0
    while unsafe unit < layer.pointee.hiddenSize {
      let panel = unsafe PanelWeights(
        layer, unit: unit, columns: pairs, size: IntegerSums.stride, model: model)
      var member = 0
      while unsafe member < count {
        unsafe stepQuantizedPanel(
          F.self, layer, unit: unit, panel: panel,
          scales: model.floats(at: layer.pointee.quantized.scales) + 8 &* unit,
          (
            QuantizedInputs(stream(member), model: model),
            QuantizedInputs(stream(member &+ 1), model: model),
            QuantizedInputs(stream(member &+ 2), model: model)
          ),
          states(member, index, layer, model: model))
        member &+= 3
      }
      unit &+= 8
    }
  }
}
