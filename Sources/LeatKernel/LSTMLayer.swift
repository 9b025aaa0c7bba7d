// SPDX-License-Identifier: MIT

@inlinable @inline(__always)
func load(_ pointer: UnsafePointer<Float>, _ offset: Int) -> Lanes {
  unsafe UnsafeRawPointer(pointer + offset).loadUnaligned(as: Lanes.self)
}

@inlinable @inline(__always)
func store(_ lanes: Lanes, _ pointer: UnsafeMutablePointer<Float>, _ offset: Int) {
  unsafe UnsafeMutableRawPointer(pointer + offset).storeBytes(of: lanes, as: Lanes.self)
}

@inlinable @inline(__always)
func loadPair(_ pointer: UnsafePointer<Float>, _ offset: Int) -> LanePair {
  unsafe UnsafeRawPointer(pointer + offset).loadUnaligned(as: LanePair.self)
}

@inlinable @inline(__always)
func storePair(_ lanes: LanePair, _ pointer: UnsafeMutablePointer<Float>, _ offset: Int) {
  unsafe UnsafeMutableRawPointer(pointer + offset).storeBytes(of: lanes, as: LanePair.self)
}

/// One step of one LSTM layer, as PyTorch's `nn.LSTM` defines it:
///
///     i = σ(W_ii x + W_hi h + b)   f = σ(W_if x + W_hf h + b)   c' = f c + i g
///     g = tanh(W_ig x + W_hg h + b)   o = σ(W_io x + W_ho h + b)   h' = o tanh(c')
///
/// Every sum runs in one order whatever the width of the processor: the bias, then the inputs, then
/// the previous h, each product fused. `output` is [hidden_size] filled up to a multiple of 8, and
/// must not be `hidden`.
@inlinable @inline(__always)
func stepLSTMLayer<F: FusedMultiplyAdd>(
  _: F.Type, _ layer: LSTMRecord, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>,
  input: UnsafePointer<Float>, hidden: UnsafePointer<Float>, cell: UnsafeMutablePointer<Float>,
  output: UnsafeMutablePointer<Float>
) {
  let inputSize = layer.inputSize
  let recurrentSize = layer.outputSize
  var weight = unsafe weights
  var bias = unsafe bias
  var unit = 0
  // Two panels at once: their eight chains of sums fill the multiply-add units.
  while unit &+ 8 < layer.hiddenSize {
    var i0 = unsafe load(bias, 0)
    var f0 = unsafe load(bias, 8)
    var g0 = unsafe load(bias, 16)
    var o0 = unsafe load(bias, 24)
    var i1 = unsafe load(bias, 32)
    var f1 = unsafe load(bias, 40)
    var g1 = unsafe load(bias, 48)
    var o1 = unsafe load(bias, 56)
    var source = unsafe input
    var count = inputSize
    for _ in 0..<2 {
      var k = 0
      while k < count {
        // Safe: k stays below the source's size, the weights advance in step with it.
        let x = unsafe Lanes(repeating: source[k])
        i0 = unsafe F.fma(load(weight, 0), x, i0)
        f0 = unsafe F.fma(load(weight, 8), x, f0)
        g0 = unsafe F.fma(load(weight, 16), x, g0)
        o0 = unsafe F.fma(load(weight, 24), x, o0)
        i1 = unsafe F.fma(load(weight, 32), x, i1)
        f1 = unsafe F.fma(load(weight, 40), x, f1)
        g1 = unsafe F.fma(load(weight, 48), x, g1)
        o1 = unsafe F.fma(load(weight, 56), x, o1)
        unsafe weight += 64
        k &+= 1
      }
      unsafe source = hidden
      count = recurrentSize
    }
    let i = LanePair(lowHalf: i0, highHalf: i1)
    let f = LanePair(lowHalf: f0, highHalf: f1)
    let g = LanePair(lowHalf: g0, highHalf: g1)
    let o = LanePair(lowHalf: o0, highHalf: o1)
    // The gates, the new c and the new h, while the sums are still in registers.
    let written = sigmoid(F.self, i) * hyperbolicTangent(F.self, g)
    let new = unsafe F.fma(sigmoid(F.self, f), loadPair(cell, unit), written)
    unsafe storePair(new, cell, unit)
    unsafe storePair(sigmoid(F.self, o) * hyperbolicTangent(F.self, new), output, unit)
    unsafe bias += 64
    unit &+= 16
  }
  if unit < layer.hiddenSize {
    var i0 = unsafe load(bias, 0)
    var f0 = unsafe load(bias, 8)
    var g0 = unsafe load(bias, 16)
    var o0 = unsafe load(bias, 24)
    var source = unsafe input
    var count = inputSize
    for _ in 0..<2 {
      var k = 0
      while k < count {
        // Safe: as above.
        let x = unsafe Lanes(repeating: source[k])
        i0 = unsafe F.fma(load(weight, 0), x, i0)
        f0 = unsafe F.fma(load(weight, 8), x, f0)
        g0 = unsafe F.fma(load(weight, 16), x, g0)
        o0 = unsafe F.fma(load(weight, 24), x, o0)
        unsafe weight += 32
        k &+= 1
      }
      unsafe source = hidden
      count = recurrentSize
    }
    let written = sigmoid(F.self, i0) * hyperbolicTangent(F.self, g0)
    let new = unsafe F.fma(sigmoid(F.self, f0), load(cell, unit), written)
    unsafe store(new, cell, unit)
    unsafe store(sigmoid(F.self, o0) * hyperbolicTangent(F.self, new), output, unit)
  }
}
