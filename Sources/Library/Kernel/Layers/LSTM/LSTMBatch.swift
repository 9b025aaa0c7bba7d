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
/// of every stream's sums is that of `stepLSTM`.
@inlinable @inline(__always)
func sumPanel<F: FusedMultiplyAdd, W: PanelFormat>(
  _: F.Type, _: W.Type, _ layer: UnsafePointer<LSTMRecord>, _ panel: PanelWeights,
  _ states: StateTriple
) -> Gates<LaneTriple> {
  var a = unsafe PanelSums(panel.bias)
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
      let i = unsafe W.input(weight)
      a.i = F.fma(i, xA, a.i)
      b.i = F.fma(i, xB, b.i)
      c.i = F.fma(i, xC, c.i)
      let g = unsafe W.candidate(weight)
      a.g = F.fma(g, xA, a.g)
      b.g = F.fma(g, xB, b.g)
      c.g = F.fma(g, xC, c.g)
      let f = unsafe W.forget(weight)
      a.f = F.fma(f, xA, a.f)
      b.f = F.fma(f, xB, b.f)
      c.f = F.fma(f, xC, c.f)
      let o = unsafe W.output(weight)
      a.o = F.fma(o, xA, a.o)
      b.o = F.fma(o, xB, b.o)
      c.o = F.fma(o, xC, c.o)
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
  /// Bytes from one column to the next, of integers from four columns to the next four.
  @usableFromInline let stride: Int
  @usableFromInline let bias: UnsafePointer<Float>
  /// Only of integers: of weight_ih's rows.
  @usableFromInline let scales: UnsafePointer<Float>
  /// From there to weight_hh's.
  @usableFromInline let scaleStride: Int

  /// The panel that begins with `unit`; `column` is the bytes of one of its columns, or of four.
  @inlinable @inline(__always)
  init(
    _ layer: UnsafePointer<LSTMRecord>, _ type: WeightType, column: Int, unit: Int,
    model: borrowing ModelImage
  ) {
    let panels = unsafe Panels(units: layer.pointee.hiddenSize, gates: 4, type: type)
    let panel = unit / 8
    let side = panel & 1
    let together = panels.together(panel)
    unsafe stride = column &* together
    let inputs = unsafe Panels.filled(layer.pointee.inputSize, type)
    let columns = unsafe inputs &+ Panels.filled(layer.pointee.outputSize, type)
    let start = panels.start(ofPair: panel / 2, columns: columns) &* type.size
    unsafe weights = model.bytes(at: layer.pointee.weights) + (start &+ side &* column)
    unsafe bias = model.floats(at: layer.pointee.bias) + 32 &* panel
    unsafe scales =
      model.floats(at: layer.pointee.quantized.scales) + (128 &* (panel / 2) &+ 32 &* side)
    unsafe scaleStride = 32 &* together
  }
}

extension Batch {
  @inlinable @inline(__always)
  func state(_ member: Int, _ layer: LSTMLayer, model: borrowing ModelImage) -> LayerState {
    unsafe LayerState(layer, model: model, stream: stream(member))
  }

  @inlinable @inline(__always)
  func states(_ member: Int, _ layer: LSTMLayer, model: borrowing ModelImage) -> StateTriple {
    unsafe StateTriple(
      state(member, layer, model: model), state(member &+ 1, layer, model: model),
      state(member &+ 2, layer, model: model))
  }

  /// The projections of all streams, four rows at a time, so that the weights are read once.
  @inlinable @inline(__always)
  func project(_ layer: LSTMLayer, model: borrowing ModelImage) {
    guard unsafe layer.record.pointee.projection != 0 else { return }
    let matrix = unsafe model.record(
      at: layer.record.pointee.projection, as: MatrixRecord.self)
    var row = 0
    while unsafe row < matrix.pointee.rows {
      let end = unsafe min(row &+ 4, matrix.pointee.rows)
      for member in unsafe 0..<count {
        unsafe layer.project(model, stream(member), from: row, upTo: end)
      }
      row = end
    }
  }
}

/// `stepLSTM` for streams of a batch.
@inlinable @inline(__always)
public func stepLSTMBatch<F: FusedMultiplyAdd, W: PanelFormat>(
  _: F.Type, _: W.Type, model: borrowing ModelImage, layer: UnsafePointer<LayerRecord>,
  batch: Batch
) {
  let layer = unsafe LSTMLayer(layer, model: model)
  let record = unsafe layer.record
  let count = unsafe batch.count
  var unit = 0
  while unsafe unit < record.pointee.hiddenSize {
    let panel = unsafe PanelWeights(
      record, W.type, column: W.column, unit: unit, model: model)
    var member = 0
    while member &+ 6 <= count {
      let first = unsafe batch.states(member, layer, model: model)
      let second = unsafe batch.states(member &+ 3, layer, model: model)
      unsafe Gates.step(
        F.self, sumPanel(F.self, W.self, record, panel, first), first,
        sumPanel(F.self, W.self, record, panel, second), second, unit: unit)
      member &+= 6
    }
    if member < count {
      let states = unsafe batch.states(member, layer, model: model)
      unsafe sumPanel(F.self, W.self, record, panel, states).step(F.self, states, unit: unit)
    }
    unit &+= 8
  }
  unsafe batch.project(layer, model: model)
}
