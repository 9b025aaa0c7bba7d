// SPDX-License-Identifier: MIT

/// One panel of one LSTM layer for three streams: each weight that is loaded serves three. Their
/// twelve chains of sums, three inputs and a weight are the sixteen registers of x86-64. The order
/// of every stream's sums is that of `stepLSTMLayer`.
@inlinable @inline(__always)
func stepPanel<F: FusedMultiplyAdd, W: WeightFormat>(
  _: F.Type, _: W.Type, _ layer: UnsafePointer<LSTMRecord>, unit: Int, panel: PanelWeights,
  _ states: (LayerState, LayerState, LayerState)
) {
  var gatesA = unsafe PanelSums(panel.bias)
  var gatesB = gatesA
  var gatesC = gatesA
  var weight = unsafe panel.weights
  var (inputA, inputB, inputC) = unsafe (states.0.input, states.1.input, states.2.input)
  var count = unsafe layer.pointee.inputSize
  for _ in 0..<2 {
    var k = 0
    while k < count {
      // Safe: k stays below the sources' size, the weights advance in step with it.
      let xA = unsafe Lanes(repeating: inputA[k])
      let xB = unsafe Lanes(repeating: inputB[k])
      let xC = unsafe Lanes(repeating: inputC[k])
      let i = unsafe W.load(weight)
      gatesA.i = F.fma(i, xA, gatesA.i)
      gatesB.i = F.fma(i, xB, gatesB.i)
      gatesC.i = F.fma(i, xC, gatesC.i)
      let f = unsafe W.load(weight + W.stride)
      gatesA.f = F.fma(f, xA, gatesA.f)
      gatesB.f = F.fma(f, xB, gatesB.f)
      gatesC.f = F.fma(f, xC, gatesC.f)
      let g = unsafe W.load(weight + 2 &* W.stride)
      gatesA.g = F.fma(g, xA, gatesA.g)
      gatesB.g = F.fma(g, xB, gatesB.g)
      gatesC.g = F.fma(g, xC, gatesC.g)
      let o = unsafe W.load(weight + 3 &* W.stride)
      gatesA.o = F.fma(o, xA, gatesA.o)
      gatesB.o = F.fma(o, xB, gatesB.o)
      gatesC.o = F.fma(o, xC, gatesC.o)
      unsafe weight += panel.stride
      k &+= 1
    }
    unsafe (inputA, inputB, inputC) = unsafe (
      states.0.hidden, states.1.hidden, states.2.hidden
    )
    count = unsafe layer.pointee.outputSize
  }
  unsafe Gates.step(F.self, gatesA, gatesB, gatesC, states, unit: unit)
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
