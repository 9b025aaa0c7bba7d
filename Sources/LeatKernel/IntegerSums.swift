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

  /// Bytes of the weights of two k: [4][8][2].
  @inlinable static var stride: Int { @inline(__always) get { 64 } }

  @inlinable @inline(__always)
  mutating func add(_ weight: UnsafeRawPointer, _ pair: Int32) {
    unsafe i = leat_vector_add_products(i, weight, pair)
    unsafe f = leat_vector_add_products(f, weight + 16, pair)
    unsafe g = leat_vector_add_products(g, weight + 32, pair)
    unsafe o = leat_vector_add_products(o, weight + 48, pair)
  }
}

extension PanelSums {
  /// Adds sums over integers; `scales` are those of the panel's rows, [4][8], `scale` the input's.
  @inlinable @inline(__always)
  mutating func add<F: FusedMultiplyAdd>(
    _: F.Type, _ sums: IntegerSums, _ scales: UnsafePointer<Float>, _ scale: Float
  ) {
    let scale = Lanes(repeating: scale)
    i = F.fma(leat_vector_from_integers(sums.i), unsafe load(scales, 0) * scale, i)
    f = F.fma(leat_vector_from_integers(sums.f), unsafe load(scales, 8) * scale, f)
    g = F.fma(leat_vector_from_integers(sums.g), unsafe load(scales, 16) * scale, g)
    o = F.fma(leat_vector_from_integers(sums.o), unsafe load(scales, 24) * scale, o)
  }
}
