// SPDX-License-Identifier: MIT

import CVectors

/// The sums of the four gates of one panel over integers. They are exact, so their order is free.
/// In memory a weight q is q + 128, so a sum begins with -128 Σ x. It may wrap around on the way:
/// the result fits in 32 bits.
@usableFromInline
struct IntegerSums {
  @usableFromInline var i: SIMD8<Int32>
  @usableFromInline var f: SIMD8<Int32>
  @usableFromInline var g: SIMD8<Int32>
  @usableFromInline var o: SIMD8<Int32>

  @inlinable @inline(__always)
  init(_ vector: QuantizedVector) {
    i = leat_vector_repeat(vector.offset)
    f = i
    g = i
    o = i
  }

  /// Bytes of four columns of a panel.
  @inlinable static var column: Int { @inline(__always) get { 128 } }

  /// Adds the products of four columns of a panel.
  @inlinable @inline(__always)
  mutating func addColumns(_ weight: UnsafeRawPointer, _ quad: Quad) {
    unsafe i = leat_vector_add_products(i, weight, quad.even, quad.odd)
    unsafe f = leat_vector_add_products(f, weight + 32, quad.even, quad.odd)
    unsafe g = leat_vector_add_products(g, weight + 64, quad.even, quad.odd)
    unsafe o = leat_vector_add_products(o, weight + 96, quad.even, quad.odd)
  }
}

extension PanelSums {
  /// Adds sums over integers, scaled. `scales` are those of the panel's rows, [4][8], `scale` is
  /// that of the input.
  @inlinable @inline(__always)
  mutating func addScaled<F: FusedMultiplyAdd>(
    _: F.Type, _ sums: IntegerSums, _ scales: UnsafePointer<Float>, _ scale: Float
  ) {
    let scale = Lanes(repeating: scale)
    i = F.fma(leat_vector_from_integers(sums.i), unsafe load(scales, 0) * scale, i)
    f = F.fma(leat_vector_from_integers(sums.f), unsafe load(scales, 8) * scale, f)
    g = F.fma(leat_vector_from_integers(sums.g), unsafe load(scales, 16) * scale, g)
    o = F.fma(leat_vector_from_integers(sums.o), unsafe load(scales, 24) * scale, o)
  }
}
