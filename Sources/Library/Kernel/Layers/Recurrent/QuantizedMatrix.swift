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
    sums: UnsafePointer<Int32>
  ) {
    unsafe self.weights = weights
    self.stride = stride
    self.quads = quads
    unsafe self.scales = scales
    unsafe self.sums = sums
  }

  /// `scaleStride` is from a column of scales to the next.
  @inlinable @inline(__always)
  init(
    weights: UnsafeRawPointer, stride: Int, quads: Int, scales: UnsafePointer<Float>,
    scaleStride: Int
  ) {
    // Safe: where there are no such columns, nothing reads them.
    let sums = unsafe UnsafeRawPointer(scales + 2 &* scaleStride)
    unsafe self.init(
      weights: weights, stride: stride, quads: quads, scales: scales,
      sums: sums.assumingMemoryBound(to: Int32.self))
  }

  /// The rows from vector `first` on.
  @inlinable @inline(__always)
  func from(_ first: Int) -> QuantizedMatrix {
    unsafe QuantizedMatrix(
      weights: weights + 32 &* first, stride: stride, quads: quads, scales: scales + 8 &* first,
      sums: sums + 8 &* first)
  }

  /// The sums of its rows.
  @inlinable @inline(__always)
  func sums<Rows: ChainedRows>(_: Rows.Type, _ vector: QuantizedVector) -> Rows {
    adding(to: unsafe Rows(offset: vector.offset, weights: sums), from: 0, vector)
  }

  /// Sums, and the products of the quads of columns from `first` on.
  @inlinable @inline(__always)
  func adding<Rows: ChainedRows>(
    to sums: Rows, from first: Int, _ vector: QuantizedVector
  ) -> Rows {
    var rows = sums
    var column = unsafe weights + first &* stride
    var k = first
    let chains = min(Rows.chains, 4)
    if chains > 1 {
      var (second, third, fourth) = (Rows(), Rows(), Rows())
      while k &+ chains <= quads {
        unsafe rows.add(column, vector.quad(k))
        unsafe second.add(column + stride, vector.quad(k &+ 1))
        if chains == 4 {
          unsafe third.add(column + 2 &* stride, vector.quad(k &+ 2))
          unsafe fourth.add(column + 3 &* stride, vector.quad(k &+ 3))
        }
        unsafe column += chains &* stride
        k &+= chains
      }
      rows.add(second)
      if chains == 4 {
        third.add(fourth)
        rows.add(third)
      }
    }
    while k < quads {
      unsafe rows.add(column, vector.quad(k))
      unsafe column += stride
      k &+= 1
    }
    return rows
  }

  /// The same for three streams.
  @inlinable @inline(__always)
  func sums<Rows: ChainedRows>(
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

  /// The sums of rows and of those after them, at once if the registers hold them.
  @inlinable @inline(__always)
  func sums<F: FusedMultiplyAdd, First: IntegerRows, Second: IntegerRows>(
    _: F.Type, _: First.Type, _: Second.Type, _ vectors: Triple<QuantizedVector>
  ) -> Triple<Beside<First, Second>> {
    if F.Integers.holdsPairs { return sums(Beside<First, Second>.self, vectors) }
    let first = sums(First.self, vectors)
    let second = from(First.vectors).sums(Second.self, vectors)
    return Triple(
      Beside(first.a, second.a), Beside(first.b, second.b), Beside(first.c, second.c))
  }

  /// `addend` plus sums of eight rows, scaled.
  @inlinable @inline(__always)
  func scaled<F: FusedMultiplyAdd>(
    _: F.Type, _ sums: SIMD8<Int32>, _ vector: Int, _ scale: Float, plus addend: Lanes
  ) -> Lanes {
    F.fma(
      leat_vector_from_integers(sums), unsafe load(scales, 8 &* vector) * Lanes(repeating: scale),
      addend)
  }

  /// Of sixteen rows.
  @inlinable @inline(__always)
  func scaled<F: FusedMultiplyAdd>(
    _: F.Type, _ sums: WideLanes, _ index: Int, _ scale: Float, plus addend: WideLanes
  ) -> WideLanes {
    F.fma(
      sums, unsafe WideLanes(scales + 16 &* index) * WideLanes(repeating: scale), addend)
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
