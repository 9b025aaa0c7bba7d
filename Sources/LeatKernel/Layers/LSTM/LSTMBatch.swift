// SPDX-License-Identifier: MIT

/// What three streams read and write.
@unsafe @usableFromInline
struct StateTriple {
  @usableFromInline let a: LayerState
  @usableFromInline let b: LayerState
  @usableFromInline let c: LayerState

  @inlinable @inline(__always)
  init(_ a: LayerState, _ b: LayerState, _ c: LayerState) {
    unsafe self.a = a
    unsafe self.b = b
    unsafe self.c = c
  }

  @inlinable @inline(__always)
  func cells(_ unit: Int) -> LaneTriple {
    unsafe LaneTriple(load(a.cell, unit), load(b.cell, unit), load(c.cell, unit))
  }

  @inlinable @inline(__always)
  func store(_ new: (cell: LaneTriple, hidden: LaneTriple), _ unit: Int) {
    unsafe LeatKernel.store(new.cell.first.lanes, a.cell, unit)
    unsafe LeatKernel.store(new.cell.second.lanes, b.cell, unit)
    unsafe LeatKernel.store(new.cell.third.lanes, c.cell, unit)
    unsafe LeatKernel.store(new.hidden.first.lanes, a.output, unit)
    unsafe LeatKernel.store(new.hidden.second.lanes, b.output, unit)
    unsafe LeatKernel.store(new.hidden.third.lanes, c.output, unit)
  }
}

/// The gates' sums of one panel for three streams: each weight that is loaded serves three. Their
/// twelve chains of sums, three inputs and a weight are the sixteen registers of x86-64. The order
/// of every stream's sums is that of `stepLSTMLayer`.
@inlinable @inline(__always)
func sumPanel<F: FusedMultiplyAdd, W: PanelFormat>(
  _: F.Type, _: W.Type, _ layer: UnsafePointer<LSTMRecord>, _ panel: PanelWeights,
  _ states: StateTriple
) -> Gates<LaneTriple> {
  var a = unsafe PanelSums(panel.bias, together: panel.together)
  var b = a
  var c = a
  var weight = unsafe panel.weights
  var (inputA, inputB, inputC) = unsafe (states.a.input, states.b.input, states.c.input)
  var count = unsafe layer.pointee.inputSize
  for _ in 0..<2 {
    var k = 0
    while k < count {
      // Safe: k stays below the sources' size, the weights advance in step with it.
      let xA = unsafe Lanes(repeating: inputA[k])
      let xB = unsafe Lanes(repeating: inputB[k])
      let xC = unsafe Lanes(repeating: inputC[k])
      let weights = unsafe W.gates(weight, step: panel.step)
      a.i = F.fma(weights.i.lanes, xA, a.i)
      b.i = F.fma(weights.i.lanes, xB, b.i)
      c.i = F.fma(weights.i.lanes, xC, c.i)
      a.f = F.fma(weights.f.lanes, xA, a.f)
      b.f = F.fma(weights.f.lanes, xB, b.f)
      c.f = F.fma(weights.f.lanes, xC, c.f)
      a.g = F.fma(weights.g.lanes, xA, a.g)
      b.g = F.fma(weights.g.lanes, xB, b.g)
      c.g = F.fma(weights.g.lanes, xC, c.g)
      a.o = F.fma(weights.o.lanes, xA, a.o)
      b.o = F.fma(weights.o.lanes, xB, b.o)
      c.o = F.fma(weights.o.lanes, xC, c.o)
      unsafe weight += panel.stride
      k &+= 1
    }
    unsafe (inputA, inputB, inputC) = unsafe (states.a.hidden, states.b.hidden, states.c.hidden)
    count = unsafe layer.pointee.outputSize
  }
  return Gates(a, b, c)
}

/// Where the weights of one panel of 8 units are.
@unsafe @usableFromInline
struct PanelWeights {
  @usableFromInline let weights: UnsafeRawPointer
  /// Bytes from one column to the next, and from one gate's vector to the next one's.
  @usableFromInline let stride: Int
  @usableFromInline let step: Int
  /// Panels side by side.
  @usableFromInline let together: Int
  @usableFromInline let bias: UnsafePointer<Float>
  /// Only of integers.
  @usableFromInline let scales: UnsafePointer<Float>

  /// The panel that begins with `unit`.
  @inlinable @inline(__always)
  init(
    _ layer: UnsafePointer<LSTMRecord>, _ type: WeightType, unit: Int, model: borrowing ModelImage
  ) {
    let panels = unsafe Panels(units: layer.pointee.hiddenSize, gates: 4, type: type)
    let panel = unit / 8
    let side = panel & 1
    unsafe together = panels.together(panel)
    let inputs = unsafe Panels.filled(layer.pointee.inputSize, type)
    let columns = unsafe inputs &+ Panels.filled(layer.pointee.outputSize, type)
    // A vector of integers holds four columns, one of bfloat16 two gates.
    let vector = type == .float16 ? 16 : 32
    unsafe step = vector &* together
    unsafe stride = (type == .bfloat16 ? 2 : 4) &* step
    let start = panels.start(ofPair: panel / 2, columns: columns) &* type.size
    unsafe weights = model.bytes(at: layer.pointee.weights) + (start &+ side &* vector)
    let lane = 8 &* side
    unsafe bias = model.floats(at: layer.pointee.bias) + (64 &* (panel / 2) &+ lane)
    unsafe scales =
      model.floats(at: layer.pointee.quantized.scales) + (128 &* (panel / 2) &+ lane)
  }
}

/// The streams of a batch that take a step of one LSTM layer.
@unsafe @usableFromInline
struct LSTMBatch {
  @usableFromInline let layer: LSTMLayer
  @usableFromInline let streams: UnsafePointer<OpaquePointer?>
  @usableFromInline let count: Int

  @inlinable @inline(__always)
  init(_ layer: LSTMLayer, _ streams: UnsafePointer<OpaquePointer?>, _ count: Int) {
    unsafe self.layer = layer
    unsafe self.streams = streams
    unsafe self.count = count
  }

  @inlinable @inline(__always)
  func stream(_ member: Int) -> StreamBlock {
    // Safe: every pointer of the batch was checked.
    unsafe StreamBlock(UnsafeMutableRawPointer(streams[member].unsafelyUnwrapped))
  }

  @inlinable @inline(__always)
  func state(_ member: Int, model: borrowing ModelImage) -> LayerState {
    unsafe LayerState(layer, model: model, stream: stream(member))
  }

  @inlinable @inline(__always)
  func states(_ member: Int, model: borrowing ModelImage) -> StateTriple {
    unsafe StateTriple(
      state(member, model: model), state(member &+ 1, model: model),
      state(member &+ 2, model: model))
  }
}

/// `stepLSTM` for streams of a batch, a multiple of three.
@inlinable @inline(__always)
public func stepLSTMBatch<F: FusedMultiplyAdd, W: PanelFormat>(
  _: F.Type, _: W.Type, model: borrowing ModelImage, layer: UnsafePointer<LayerRecord>,
  streams: UnsafePointer<OpaquePointer?>, count: Int
) {
  let batch = unsafe LSTMBatch(LSTMLayer(layer, model: model), streams, count)
  let record = unsafe batch.layer.record
  var unit = 0
  while unsafe unit < record.pointee.hiddenSize {
    let panel = unsafe PanelWeights(record, W.type, unit: unit, model: model)
    var member = 0
    while member &+ 6 <= count {
      let first = unsafe batch.states(member, model: model)
      let second = unsafe batch.states(member &+ 3, model: model)
      unsafe Gates.step(
        F.self, sumPanel(F.self, W.self, record, panel, first), first,
        sumPanel(F.self, W.self, record, panel, second), second, unit: unit)
      member &+= 6
    }
    if member < count {
      let states = unsafe batch.states(member, model: model)
      unsafe sumPanel(F.self, W.self, record, panel, states).step(F.self, states, unit: unit)
    }
    unit &+= 8
  }
}
