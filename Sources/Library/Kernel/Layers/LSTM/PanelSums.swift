// SPDX-License-Identifier: MIT

import CVectors

/// The sums of the four gates of one panel of one stream, while they are added up.
@usableFromInline
struct PanelSums {
  @usableFromInline var i: Lanes
  @usableFromInline var f: Lanes
  @usableFromInline var g: Lanes
  @usableFromInline var o: Lanes

  /// The biases of a panel, [4][8].
  @inlinable @inline(__always)
  init(_ bias: UnsafePointer<Float>) {
    i = unsafe load(bias, 0)
    f = unsafe load(bias, 8)
    g = unsafe load(bias, 16)
    o = unsafe load(bias, 24)
  }

  /// Makes the compiler compute the sums here, before the operations that follow.
  @inlinable @inline(__always)
  mutating func fixOrder() {
    i = leat_vector_in_order(i)
    f = leat_vector_in_order(f)
    g = leat_vector_in_order(g)
    o = leat_vector_in_order(o)
  }

  /// Adds the products of a column of weights and x.
  @inlinable @inline(__always)
  mutating func addColumn<F: FusedMultiplyAdd, W: PanelFormat>(
    _: F.Type, _: W.Type, _ weight: UnsafeRawPointer, _ x: Lanes
  ) {
    i = F.fma(unsafe W.input(weight), x, i)
    f = F.fma(unsafe W.forget(weight), x, f)
    g = F.fma(unsafe W.candidate(weight), x, g)
    o = F.fma(unsafe W.output(weight), x, o)
  }
}
