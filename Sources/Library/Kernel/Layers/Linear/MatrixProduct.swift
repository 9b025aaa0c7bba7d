// SPDX-License-Identifier: MIT

/// The sum of eight partial sums, in the one order that all kernels keep.
@inlinable @inline(__always)
func sum(_ lanes: Lanes) -> Float {
  let four = lanes.lowHalf + lanes.highHalf
  let two = four.lowHalf + four.highHalf
  return two.x + two.y
}

/// output = matrix · input + bias for the rows from `first` up to `end`: lane j of 8 adds up the
/// products k ≡ j (mod 8), then the lanes are added. Few outputs would leave a chain of sums per
/// output waiting; this has eight. `input` is readable up to the next multiple of 8, where the
/// weights are zero.
@inlinable @inline(__always)
public func multiplyRows<F: FusedMultiplyAdd, W: WeightFormat>(
  _: F.Type, _: W.Type, model: borrowing ModelImage, matrix: UnsafePointer<MatrixRecord>,
  from first: Int, upTo end: Int, input: UnsafePointer<Float>,
  output: UnsafeMutablePointer<Float>
) {
  let eights = unsafe (matrix.pointee.columns &+ 7) / 8
  let stride = eights &* W.stride
  var weight = unsafe model.bytes(at: matrix.pointee.weights) + first &* stride
  var row = first
  while row &+ 4 <= end {
    var s0 = Lanes.zero
    var s1 = Lanes.zero
    var s2 = Lanes.zero
    var s3 = Lanes.zero
    var k = 0
    while k < eights {
      // Safe: the image holds as many rows of `eights` times eight, the input as many.
      let x = unsafe load(input, 8 &* k)
      s0 = unsafe F.fma(W.load(weight), x, s0)
      s1 = unsafe F.fma(W.load(weight + stride), x, s1)
      s2 = unsafe F.fma(W.load(weight + 2 &* stride), x, s2)
      s3 = unsafe F.fma(W.load(weight + 3 &* stride), x, s3)
      unsafe weight += W.stride
      k &+= 1
    }
    unsafe output[row] = matrix.finish(sum(s0), row, model)
    unsafe output[row &+ 1] = matrix.finish(sum(s1), row &+ 1, model)
    unsafe output[row &+ 2] = matrix.finish(sum(s2), row &+ 2, model)
    unsafe output[row &+ 3] = matrix.finish(sum(s3), row &+ 3, model)
    unsafe weight += 3 &* stride
    row &+= 4
  }
  while row < end {
    var s0 = Lanes.zero
    var k = 0
    while k < eights {
      // Safe: as above.
      s0 = unsafe F.fma(W.load(weight), load(input, 8 &* k), s0)
      unsafe weight += W.stride
      k &+= 1
    }
    unsafe output[row] = matrix.finish(sum(s0), row, model)
    row &+= 1
  }
}

/// The same, once for all who have many rows.
@inlinable @inline(never)
public func multiplyRowsApart<F: FusedMultiplyAdd, W: WeightFormat>(
  _: F.Type, _: W.Type, model: borrowing ModelImage, matrix: UnsafePointer<MatrixRecord>,
  from first: Int, upTo end: Int, input: UnsafePointer<Float>,
  output: UnsafeMutablePointer<Float>
) {
  unsafe multiplyRows(
    F.self, W.self, model: model, matrix: matrix, from: first, upTo: end, input: input,
    output: output)
}

extension UnsafePointer where Pointee == MatrixRecord {
  /// What comes after the sum of a row.
  @inlinable @inline(__always)
  func finish(_ sum: Float, _ row: Int, _ model: borrowing ModelImage) -> Float {
    var result = sum
    // Safe: the image holds a scale and a bias for each row.
    if unsafe pointee.scales != 0 { unsafe result *= model.floats(at: pointee.scales)[row] }
    if unsafe pointee.bias != 0 { unsafe result += model.floats(at: pointee.bias)[row] }
    return result
  }
}
