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
}
