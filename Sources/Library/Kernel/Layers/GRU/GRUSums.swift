// SPDX-License-Identifier: MIT

import CVectors

/// Of n there are two sums, since r multiplies only that over h.
@usableFromInline
struct GRUSums: BatchPanelSums {
  @usableFromInline typealias State = GRUState
  @usableFromInline var r: Lanes
  @usableFromInline var z: Lanes
  /// The sum of n that is added to: over the inputs, then over h. In the end that over the inputs.
  @usableFromInline var n: Lanes
  /// The other sum of n.
  @usableFromInline var rest: Lanes

  @inlinable static var gates: Int { @inline(__always) get { 3 } }
  @inlinable static var takesThree: Bool { @inline(__always) get { true } }

  @inlinable @inline(__always)
  init(_ bias: UnsafePointer<Float>) {
    r = unsafe load(bias, 0)
    z = unsafe load(bias, 8)
    n = unsafe load(bias, 16)
    rest = unsafe load(bias, 24)
  }

  @inlinable @inline(__always)
  mutating func endVector() { (n, rest) = (rest, n) }

  @inlinable @inline(__always)
  mutating func fixOrder() {
    r = leat_vector_in_order(r)
    z = leat_vector_in_order(z)
    n = leat_vector_in_order(n)
  }

  @inlinable @inline(__always)
  mutating func addColumn<F: FusedMultiplyAdd, W: PanelFormat>(
    _: F.Type, _: W.Type, _ weight: UnsafeRawPointer, _ x: Lanes
  ) {
    r = F.fma(unsafe W.first(weight, gate: 0), x, r)
    z = F.fma(unsafe W.first(weight, gate: 1), x, z)
    n = F.fma(unsafe W.first(weight, gate: 2), x, n)
  }

  @inlinable @inline(__always)
  static func addColumn<F: FusedMultiplyAdd, W: PanelFormat>(
    _: F.Type, _: W.Type, _ low: inout GRUSums, _ high: inout GRUSums,
    _ weight: UnsafeRawPointer, _ x: Lanes
  ) {
    unsafe low.addColumn(F.self, W.self, weight, x)
    high.r = F.fma(unsafe W.second(weight, gate: 0, of: 3), x, high.r)
    high.z = F.fma(unsafe W.second(weight, gate: 1, of: 3), x, high.z)
    high.n = F.fma(unsafe W.second(weight, gate: 2, of: 3), x, high.n)
  }

  @inlinable @inline(__always)
  static func addColumn<F: FusedMultiplyAdd, W: PanelFormat>(
    _: F.Type, _: W.Type, _ sums: inout Triple<GRUSums>, _ weight: UnsafeRawPointer,
    _ x: Triple<Lanes>
  ) {
    let r = unsafe W.first(weight, gate: 0)
    sums.a.r = F.fma(r, x.a, sums.a.r)
    sums.b.r = F.fma(r, x.b, sums.b.r)
    sums.c.r = F.fma(r, x.c, sums.c.r)
    let z = unsafe W.first(weight, gate: 1)
    sums.a.z = F.fma(z, x.a, sums.a.z)
    sums.b.z = F.fma(z, x.b, sums.b.z)
    sums.c.z = F.fma(z, x.c, sums.c.z)
    let n = unsafe W.first(weight, gate: 2)
    sums.a.n = F.fma(n, x.a, sums.a.n)
    sums.b.n = F.fma(n, x.b, sums.b.n)
    sums.c.n = F.fma(n, x.c, sums.c.n)
  }
}
