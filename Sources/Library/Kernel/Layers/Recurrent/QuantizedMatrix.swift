// SPDX-License-Identifier: MIT

import CVectors

/// weight_ih or weight_hh of integers, of a panel or of a pair of panels.
@safe @usableFromInline
struct QuantizedMatrix {
  @usableFromInline let weights: UnsafeRawPointer
  /// Bytes from four columns to the next four.
  @usableFromInline let stride: Int
  /// Four columns each.
  @usableFromInline let quads: Int
  /// Of the rows.
  @usableFromInline let scales: UnsafePointer<Float>
  /// 128 times the sum of each row's weights in memory, where a kernel needs it.
  @usableFromInline let sums: UnsafePointer<Int32>

  @inlinable @inline(__always)
  init(
    weights: UnsafeRawPointer, stride: Int, quads: Int, scales: UnsafePointer<Float>,
    scaleStride: Int
  ) {
    unsafe self.weights = weights
    self.stride = stride
    self.quads = quads
    unsafe self.scales = scales
    // Safe: where there are no such columns, nothing reads them.
    unsafe sums = UnsafeRawPointer(scales + 2 &* scaleStride).assumingMemoryBound(to: Int32.self)
  }

  /// Of the second panel, if this is of a pair.
  @inlinable @inline(__always)
  func second(gates: Int) -> QuantizedMatrix {
    unsafe QuantizedMatrix(
      weights: weights + 32 &* gates, stride: stride, quads: quads, scales: scales + 8 &* gates,
      scaleStride: 16 &* gates)
  }

  /// The sums of its rows.
  @inlinable @inline(__always)
  func sums<Rows: IntegerRows>(_: Rows.Type, _ vector: QuantizedVector) -> Rows {
    var rows = unsafe Rows(offset: vector.offset, weights: sums)
    var column = unsafe weights
    var k = 0
    while k < quads {
      unsafe rows.add(column, vector.quad(k))
      unsafe column += stride
      k &+= 1
    }
    return rows
  }

  /// The same for three streams.
  @inlinable @inline(__always)
  func sums<Rows: IntegerRows>(
    _: Rows.Type, _ vectors: Triple<QuantizedVector>
  ) -> Triple<Rows> {
    var rows = unsafe Triple(
      Rows(offset: vectors.a.offset, weights: sums), Rows(offset: vectors.b.offset, weights: sums),
      Rows(offset: vectors.c.offset, weights: sums))
    var column = unsafe weights
    var k = 0
    while k < quads {
      unsafe rows.a.add(column, vectors.a.quad(k))
      unsafe rows.b.add(column, vectors.b.quad(k))
      unsafe rows.c.add(column, vectors.c.quad(k))
      unsafe column += stride
      k &+= 1
    }
    return rows
  }

  /// `addend` plus eight of the sums, scaled.
  @inlinable @inline(__always)
  func scaled<F: FusedMultiplyAdd, Rows: IntegerRows>(
    _: F.Type, _ rows: Rows, _ index: Int, _ scale: Float, plus addend: Lanes
  ) -> Lanes {
    F.fma(
      leat_vector_from_integers(rows.sums(index)),
      unsafe load(scales, 8 &* index) * Lanes(repeating: scale), addend)
  }
}

extension PanelWeights {
  /// weight_ih is part 0, weight_hh part 1. Of the panel, or of the pair that begins with it.
  @inlinable @inline(__always)
  func matrix<Record: RecurrentRecord>(_ layer: Record, _ part: Int) -> QuantizedMatrix {
    let inputs = (layer.inputSize &+ 3) / 4
    return unsafe QuantizedMatrix(
      weights: weights + part &* inputs &* stride, stride: stride,
      quads: part == 0 ? inputs : (layer.outputSize &+ 3) / 4,
      scales: scales + part &* scaleStride, scaleStride: scaleStride)
  }
}
