// SPDX-License-Identifier: MIT

extension LSTMSums {
  /// The rows of a panel.
  @usableFromInline typealias Rows<P: IntegerProducts> = Beside<P.Rows16, P.Rows16>

  @inlinable @inline(__always)
  mutating func addProducts<F: FusedMultiplyAdd>(
    _: F.Type, _ matrix: QuantizedMatrix, _ vector: QuantizedVector
  ) {
    let rows = matrix.sums(Rows<F.Integers>.self, vector)
    addScaled(F.self, matrix, rows, 0, vector.scale)
  }

  @inlinable @inline(__always)
  static func addProducts<F: FusedMultiplyAdd>(
    _: F.Type, _ low: inout LSTMSums, _ high: inout LSTMSums, _ matrix: QuantizedMatrix,
    _ vector: QuantizedVector
  ) {
    let rows = matrix.sums(Beside<Rows<F.Integers>, Rows<F.Integers>>.self, vector)
    low.addScaled(F.self, matrix, rows, 0, vector.scale)
    high.addScaled(F.self, matrix, rows, 4, vector.scale)
  }

  @inlinable @inline(__always)
  static func addProducts<F: FusedMultiplyAdd>(
    _: F.Type, _ sums: inout Triple<LSTMSums>, _ matrix: QuantizedMatrix,
    _ vectors: Triple<QuantizedVector>
  ) {
    let rows = matrix.sums(F.self, F.Integers.Rows16.self, F.Integers.Rows16.self, vectors)
    sums.a.addScaled(F.self, matrix, rows.a, 0, vectors.a.scale)
    sums.b.addScaled(F.self, matrix, rows.b, 0, vectors.b.scale)
    sums.c.addScaled(F.self, matrix, rows.c, 0, vectors.c.scale)
  }

  /// Adds the sums of gates, of which that of i is `first`.
  @inlinable @inline(__always)
  mutating func addScaled<F: FusedMultiplyAdd, R: IntegerRows>(
    _: F.Type, _ matrix: QuantizedMatrix, _ rows: R, _ first: Int, _ scale: Float
  ) {
    i = matrix.scaled(F.self, rows.sums(first), first, scale, plus: i)
    f = matrix.scaled(F.self, rows.sums(first &+ 1), first &+ 1, scale, plus: f)
    g = matrix.scaled(F.self, rows.sums(first &+ 2), first &+ 2, scale, plus: g)
    o = matrix.scaled(F.self, rows.sums(first &+ 3), first &+ 3, scale, plus: o)
  }
}
