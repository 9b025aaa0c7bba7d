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
func sumPanel<F: FusedMultiplyAdd, W: WeightFormat>(
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
      let i = unsafe W.load(weight)
      a.i = F.fma(i, xA, a.i)
      b.i = F.fma(i, xB, b.i)
      c.i = F.fma(i, xC, c.i)
      let f = unsafe W.load(weight + W.stride)
      a.f = F.fma(f, xA, a.f)
      b.f = F.fma(f, xB, b.f)
      c.f = F.fma(f, xC, c.f)
      let g = unsafe W.load(weight + 2 &* W.stride)
      a.g = F.fma(g, xA, a.g)
      b.g = F.fma(g, xB, b.g)
      c.g = F.fma(g, xC, c.g)
      let o = unsafe W.load(weight + 3 &* W.stride)
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

/// Where the weights of one panel of 8 units stand.
@unsafe @usableFromInline
struct PanelWeights {
  @usableFromInline let weights: UnsafeRawPointer
  /// Bytes from one k to the next.
  @usableFromInline let stride: Int
  @usableFromInline let bias: UnsafePointer<Float>

  /// The panel that begins with `unit`, of `columns` k that take `size` bytes each.
  @inlinable @inline(__always)
  init(
    _ layer: UnsafePointer<LSTMRecord>, unit: Int, columns: Int, size: Int,
    model: borrowing ModelImage
  ) {
    let isHigh = unit & 8 != 0
    let hiddenSize = unsafe layer.pointee.hiddenSize
    let isPaired = isHigh || unit &+ 8 < hiddenSize
    unsafe stride = isPaired ? 2 &* size : size
    let start = (unit & ~15) / 8 &* columns &* size
    unsafe weights = model.bytes(at: layer.pointee.weights) + (start &+ (isHigh ? size : 0))
    unsafe bias = model.floats(at: layer.pointee.bias) + 4 &* unit
  }
}
