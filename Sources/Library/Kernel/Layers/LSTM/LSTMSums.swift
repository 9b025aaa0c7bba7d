// SPDX-License-Identifier: MIT

import CVectors

@usableFromInline
struct LSTMSums: PanelSums {
  @usableFromInline typealias State = LSTMState
  @usableFromInline var i: Lanes
  @usableFromInline var f: Lanes
  @usableFromInline var g: Lanes
  @usableFromInline var o: Lanes

  @inlinable static var gates: Int { @inline(__always) get { 4 } }
  @inlinable static var takesThree: Bool { @inline(__always) get { false } }

  @inlinable @inline(__always)
  init(_ bias: UnsafePointer<Float>) {
    i = unsafe load(bias, 0)
    f = unsafe load(bias, 8)
    g = unsafe load(bias, 16)
    o = unsafe load(bias, 24)
  }

  /// Inputs and h add to the same sums.
  @inlinable @inline(__always)
  mutating func endVector() {}

  @inlinable @inline(__always)
  mutating func fixOrder() {
    i = leat_vector_in_order(i)
    f = leat_vector_in_order(f)
    g = leat_vector_in_order(g)
    o = leat_vector_in_order(o)
  }

  @inlinable @inline(__always)
  mutating func addColumn<F: FusedMultiplyAdd, W: PanelFormat>(
    _: F.Type, _: W.Type, _ weight: UnsafeRawPointer, _ x: Lanes
  ) {
    i = F.fma(unsafe W.input(weight), x, i)
    f = F.fma(unsafe W.forget(weight), x, f)
    g = F.fma(unsafe W.candidate(weight), x, g)
    o = F.fma(unsafe W.output(weight), x, o)
  }

  @inlinable @inline(__always)
  static func addColumn<F: FusedMultiplyAdd, W: PanelFormat>(
    _: F.Type, _: W.Type, _ low: inout LSTMSums, _ high: inout LSTMSums,
    _ weight: UnsafeRawPointer, _ x: Lanes
  ) {
    unsafe low.addColumn(F.self, W.self, weight, x)
    unsafe high.addColumn(F.self, W.self, weight + W.lastColumn(gates: gates), x)
  }

  @inlinable @inline(__always)
  mutating func addScaled<F: FusedMultiplyAdd>(
    _: F.Type, _ sums: LSTMIntegerSums, _ scales: UnsafePointer<Float>, _ scale: Float
  ) {
    let scale = Lanes(repeating: scale)
    i = F.fma(leat_vector_from_integers(sums.i), unsafe load(scales, 0) * scale, i)
    f = F.fma(leat_vector_from_integers(sums.f), unsafe load(scales, 8) * scale, f)
    g = F.fma(leat_vector_from_integers(sums.g), unsafe load(scales, 16) * scale, g)
    o = F.fma(leat_vector_from_integers(sums.o), unsafe load(scales, 24) * scale, o)
  }
}

@usableFromInline
struct LSTMIntegerSums: IntegerSums {
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

  @inlinable @inline(__always)
  mutating func addColumns(_ weight: UnsafeRawPointer, _ quad: Quad) {
    unsafe i = leat_vector_add_products(i, weight, quad.even, quad.odd)
    unsafe f = leat_vector_add_products(f, weight + 32, quad.even, quad.odd)
    unsafe g = leat_vector_add_products(g, weight + 64, quad.even, quad.odd)
    unsafe o = leat_vector_add_products(o, weight + 96, quad.even, quad.odd)
  }
}
