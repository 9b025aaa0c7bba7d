// SPDX-License-Identifier: MIT

/// The sum of eight partial sums, in the one order that all kernels keep.
@inlinable @inline(__always)
func sum(_ lanes: Lanes) -> Float {
  let four = lanes.lowHalf + lanes.highHalf
  let two = four.lowHalf + four.highHalf
  return two.x + two.y
}

/// output = weights · input, row by row: lane j of 8 adds up the products k ≡ j (mod 8), then the
/// lanes are added. Few outputs would leave a chain of sums per output waiting; this has eight.
/// `input` is readable up to the next multiple of 8, where the weights are zero.
@inlinable @inline(__always)
func multiplyRows<F: FusedMultiplyAdd>(
  _: F.Type, inputSize: Int, outputSize: Int, weights: UnsafePointer<Float>,
  input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>
) {
  var weight = unsafe weights
  var row = 0
  let stride = (inputSize &+ 7) & ~7
  while row &+ 4 <= outputSize {
    var s0 = Lanes.zero
    var s1 = Lanes.zero
    var s2 = Lanes.zero
    var s3 = Lanes.zero
    var k = 0
    while k < stride {
      // Safe: the image holds outputSize rows of stride floats, the input as many.
      let x = unsafe load(input, k)
      s0 = unsafe F.fma(load(weight, k), x, s0)
      s1 = unsafe F.fma(load(weight, stride &+ k), x, s1)
      s2 = unsafe F.fma(load(weight, 2 &* stride &+ k), x, s2)
      s3 = unsafe F.fma(load(weight, 3 &* stride &+ k), x, s3)
      k &+= 8
    }
    unsafe output[row] = sum(s0)
    unsafe output[row &+ 1] = sum(s1)
    unsafe output[row &+ 2] = sum(s2)
    unsafe output[row &+ 3] = sum(s3)
    unsafe weight += 4 &* stride
    row &+= 4
  }
  while row < outputSize {
    var s0 = Lanes.zero
    var k = 0
    while k < stride {
      // Safe: as above.
      s0 = unsafe F.fma(load(weight, k), load(input, k), s0)
      k &+= 8
    }
    unsafe output[row] = sum(s0)
    unsafe weight += stride
    row &+= 1
  }
}

/// One `nn.Linear` and its activation. `output` is writable up to the next multiple of 8.
@inlinable @inline(__always)
func stepLinearLayer<F: FusedMultiplyAdd>(
  _: F.Type, _ layer: LinearRecord, model: borrowing ModelImage, input: UnsafePointer<Float>,
  output: UnsafeMutablePointer<Float>
) {
  // What fills the last eight up is 0: left over from another layer, its sign could turn a -0 of
  // the next layer's sums.
  unsafe store(.zero, output, (layer.outputSize &- 1) & ~7)
  unsafe multiplyRows(
    F.self, inputSize: layer.inputSize, outputSize: layer.outputSize,
    weights: model.floats(at: layer.weights), input: input, output: output)
  if layer.bias != 0 {
    let bias = unsafe model.floats(at: layer.bias)
    var j = 0
    while j < layer.outputSize {
      unsafe store(load(output, j) + load(bias, j), output, j)
      j &+= 8
    }
  }
  unsafe activate(F.self, layer.activation, output, count: layer.outputSize)
}

/// Applies an activation in place, eight at a time; what stands in the last eight behind `count`
/// stays finite and is never read as an output.
@inlinable @inline(__always)
func activate<F: FusedMultiplyAdd>(
  _: F.Type, _ activation: Activation, _ values: UnsafeMutablePointer<Float>, count: Int
) {
  var j = 0
  switch activation {
  case .none:
    break
  case .relu:
    while j < count {
      let value = unsafe load(values, j)
      unsafe store(value.replacing(with: 0, where: value .<= 0), values, j)
      j &+= 8
    }
  case .sigmoid:
    while j < count {
      unsafe store(sigmoid(F.self, load(values, j)), values, j)
      j &+= 8
    }
  case .tanh:
    while j < count {
      unsafe store(hyperbolicTangent(F.self, load(values, j)), values, j)
      j &+= 8
    }
  case .softmax:
    unsafe softmax(F.self, values, count: count)
  }
}

/// e^(x - max) / Σ e^(x - max), the sum taken from the first to the last.
@inlinable @inline(__always)
func softmax<F: FusedMultiplyAdd>(
  _: F.Type, _ values: UnsafeMutablePointer<Float>, count: Int
) {
  var largest = unsafe values[0]
  var j = 1
  while j < count {
    let value = unsafe values[j]
    if value > largest { largest = value }
    j &+= 1
  }
  j = 0
  while j < count {
    // What stands behind `count` may be larger than the largest; it comes to 1 and isn't read.
    unsafe store(exponential(F.self, load(values, j) - Lanes(repeating: largest)), values, j)
    j &+= 8
  }
  var total: Float = 0
  j = 0
  while j < count {
    unsafe total += values[j]
    j &+= 1
  }
  j = 0
  while j < count {
    unsafe store(load(values, j) / Lanes(repeating: total), values, j)
    j &+= 8
  }
}
