// SPDX-License-Identifier: MIT
//
// Rows of a matrix times a vector, for `nn.Linear` and for the projection of an LSTM.

/// output = matrix · input + bias for the rows from `first` up to `end`. Lane j of 8 adds up the
/// products k ≡ j (mod 8), then the lanes are added: eight sums, where a single one would wait for
/// itself. `input` is readable up to the next multiple of 8, where the weights are zero.
@inlinable @inline(__always)
public func multiplyRows<F: FusedMultiplyAdd, W: WeightFormat>(
  _: F.Type, _: W.Type, model: borrowing ModelHandle, matrix: RecordHandle<MatrixRecord>,
  from first: Int, upTo end: Int, input: UnsafePointer<Float>,
  output: UnsafeMutablePointer<Float>
) {
  var row = first
  if end &- first >= 4 {
    row = unsafe multiplyFours(
      F.self, W.self, model: model, matrix: matrix, from: first, upTo: end, input: input,
      output: output)
  }
  let eights = (matrix.value.columns &+ 7) &>> 3
  var weight = unsafe model.bytes(at: matrix.value.weights) + row &* eights &* W.stride
  while row < end {
    var s0 = Lanes.zero
    var k = 0
    while k < eights {
      // Safe: the image holds as many rows of `eights` times eight, the input as many.
      s0 = unsafe F.fma(W.load(weight), load(input, 8 &* k), s0)
      unsafe weight += W.stride
      k &+= 1
    }
    unsafe output[row] = matrix.value.scaled(sumOfLanes(s0), row, model)
    row &+= 1
  }
}

/// Four rows of `multiplyRows` at a time, and returns the first of those that remain. Not inlined,
/// so that a matrix with fewer rows, which most outputs have, doesn't wait for this one's preparations.
@inlinable @inline(never)
func multiplyFours<F: FusedMultiplyAdd, W: WeightFormat>(
  _: F.Type, _: W.Type, model: borrowing ModelHandle, matrix: RecordHandle<MatrixRecord>,
  from first: Int, upTo end: Int, input: UnsafePointer<Float>,
  output: UnsafeMutablePointer<Float>
) -> Int {
  let eights = (matrix.value.columns &+ 7) &>> 3
  let stride = eights &* W.stride
  var weight = unsafe model.bytes(at: matrix.value.weights) + first &* stride
  var row = first
  while row &+ 4 <= end {
    var s0 = Lanes.zero
    var s1 = Lanes.zero
    var s2 = Lanes.zero
    var s3 = Lanes.zero
    var k = 0
    while k < eights {
      // Safe: as above.
      let x = unsafe load(input, 8 &* k)
      s0 = unsafe F.fma(W.load(weight), x, s0)
      s1 = unsafe F.fma(W.load(weight + stride), x, s1)
      s2 = unsafe F.fma(W.load(weight + 2 &* stride), x, s2)
      s3 = unsafe F.fma(W.load(weight + 3 &* stride), x, s3)
      unsafe weight += W.stride
      k &+= 1
    }
    unsafe output[row] = matrix.value.scaled(sumOfLanes(s0), row, model)
    unsafe output[row &+ 1] = matrix.value.scaled(sumOfLanes(s1), row &+ 1, model)
    unsafe output[row &+ 2] = matrix.value.scaled(sumOfLanes(s2), row &+ 2, model)
    unsafe output[row &+ 3] = matrix.value.scaled(sumOfLanes(s3), row &+ 3, model)
    unsafe weight += 3 &* stride
    row &+= 4
  }
  return row
}

/// `multiplyRows`, not inlined: callers with many rows share one copy.
@inlinable @inline(never)
public func multiplyRowsShared<F: FusedMultiplyAdd, W: WeightFormat>(
  _: F.Type, _: W.Type, model: borrowing ModelHandle, matrix: RecordHandle<MatrixRecord>,
  from first: Int, upTo end: Int, input: UnsafePointer<Float>,
  output: UnsafeMutablePointer<Float>
) {
  unsafe multiplyRows(
    F.self, W.self, model: model, matrix: matrix, from: first, upTo: end, input: input,
    output: output)
}

extension MatrixRecord {
  /// The sum of a row, times its scale, plus its bias.
  @inlinable @inline(__always)
  func scaled(_ sum: Float, _ row: Int, _ model: borrowing ModelHandle) -> Float {
    var result = sum
    // Safe: the model's block holds a scale and a bias for each row.
    if scales != 0 { unsafe result *= model.floats(at: scales)[row] }
    if bias != 0 { unsafe result += model.floats(at: bias)[row] }
    return result
  }
}
