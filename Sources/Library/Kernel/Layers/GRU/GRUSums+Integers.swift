// SPDX-License-Identifier: MIT

extension GRUSums {
  /// The rows of a panel, and of a pair.
  @usableFromInline typealias Rows<P: IntegerProducts> = Beside<P.Rows16, P.Rows8>
  @usableFromInline typealias PairRows<P: IntegerProducts> =
    Beside<Beside<P.Rows16, P.Rows16>, P.Rows16>

  @inlinable @inline(__always)
  mutating func addProducts<F: FusedMultiplyAdd>(
    _: F.Type, _ matrix: QuantizedMatrix, _ vector: QuantizedVector
  ) {
    let rows = matrix.sums(Rows<F.Integers>.self, vector)
    addScaled(F.self, matrix, rows, 0, vector.scale)
  }

  @inlinable @inline(__always)
  static func addProducts<F: FusedMultiplyAdd>(
    _: F.Type, _ low: inout GRUSums, _ high: inout GRUSums, _ matrix: QuantizedMatrix,
    _ vector: QuantizedVector
  ) {
    let rows = matrix.sums(PairRows<F.Integers>.self, vector)
    low.addScaled(F.self, matrix, rows, 0, vector.scale)
    high.addScaled(F.self, matrix, rows, 3, vector.scale)
  }

  @inlinable @inline(__always)
  static func addProducts<F: FusedMultiplyAdd>(
    _: F.Type, _ sums: inout Triple<GRUSums>, _ matrix: QuantizedMatrix,
    _ vectors: Triple<QuantizedVector>
  ) {
    let rows = matrix.sums(F.self, F.Integers.Rows16.self, F.Integers.Rows8.self, vectors)
    sums.a.addScaled(F.self, matrix, rows.a, 0, vectors.a.scale)
    sums.b.addScaled(F.self, matrix, rows.b, 0, vectors.b.scale)
    sums.c.addScaled(F.self, matrix, rows.c, 0, vectors.c.scale)
  }

  /// Adds the sums of gates, of which that of r is `first`.
  @inlinable @inline(__always)
  mutating func addScaled<F: FusedMultiplyAdd, R: IntegerRows>(
    _: F.Type, _ matrix: QuantizedMatrix, _ rows: R, _ first: Int, _ scale: Float
  ) {
    r = matrix.scaled(F.self, rows.sums(first), first, scale, plus: r)
    z = matrix.scaled(F.self, rows.sums(first &+ 1), first &+ 1, scale, plus: z)
    n = matrix.scaled(F.self, rows.sums(first &+ 2), first &+ 2, scale, plus: n)
  }
}
