// SPDX-License-Identifier: MIT

import CVectors

/// The sums of the four gates of one panel over integers: exact, so their order is free.
@usableFromInline
struct IntegerSums {
  @usableFromInline var i = SIMD8<Int32>.zero
  @usableFromInline var f = SIMD8<Int32>.zero
  @usableFromInline var g = SIMD8<Int32>.zero
  @usableFromInline var o = SIMD8<Int32>.zero

  @inlinable @inline(__always)
  init() {}

  /// Bytes of four columns of a panel.
  @inlinable static var stride: Int { @inline(__always) get { 128 } }

  /// Adds the products of four columns of a panel, one of `together` side by side.
  @inlinable @inline(__always)
  mutating func add(_ weight: UnsafeRawPointer, together: Int, _ quad: Int64) {
    let step = 32 &* together
    unsafe i = leat_vector_add_products(i, weight, quad)
    unsafe f = leat_vector_add_products(f, weight + step, quad)
    unsafe g = leat_vector_add_products(g, weight + 2 &* step, quad)
    unsafe o = leat_vector_add_products(o, weight + 3 &* step, quad)
  }
}

extension PanelSums {
  /// Adds sums over integers; `scales` are those of the panel's rows, one of `together` side by side,
  /// `scale` is the input's.
  @inlinable @inline(__always)
  mutating func add<F: FusedMultiplyAdd>(
    _: F.Type, _ sums: IntegerSums, _ scales: UnsafePointer<Float>, together: Int, _ scale: Float
  ) {
    let scale = Lanes(repeating: scale)
    let step = 8 &* together
    i = F.fma(leat_vector_from_integers(sums.i), unsafe load(scales, 0) * scale, i)
    f = F.fma(leat_vector_from_integers(sums.f), unsafe load(scales, step) * scale, f)
    g = F.fma(leat_vector_from_integers(sums.g), unsafe load(scales, 2 &* step) * scale, g)
    o = F.fma(leat_vector_from_integers(sums.o), unsafe load(scales, 3 &* step) * scale, o)
  }
}
