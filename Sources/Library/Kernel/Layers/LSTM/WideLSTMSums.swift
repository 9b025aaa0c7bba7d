// SPDX-License-Identifier: MIT

import CVectors

/// Of two panels of an LSTM.
@usableFromInline
struct LSTMPairSums: PanelWideSums {
  /// i and f of the first panel.
  @usableFromInline var a: WideLanes
  /// Its g and o.
  @usableFromInline var b: WideLanes
  /// i and f of the second panel.
  @usableFromInline var c: WideLanes
  /// Its g and o.
  @usableFromInline var d: WideLanes

  @inlinable @inline(__always)
  static func column<W: PanelFormat>(_: W.Type) -> Int { W.pairColumn(gates: 4) }

  @inlinable @inline(__always)
  init(_ bias: UnsafePointer<Float>) {
    unsafe a = WideLanes(bias)
    unsafe b = WideLanes(bias + 16)
    unsafe c = WideLanes(bias + 32)
    unsafe d = WideLanes(bias + 48)
  }

  @inlinable @inline(__always)
  mutating func addColumn<F: FusedMultiplyAdd, W: PanelFormat>(
    _: F.Type, _: W.Type, _ weights: WeightColumn, _ x: WideLanes
  ) {
    a = F.fma(unsafe W.wide(weights.pointer, 0), x, a)
    b = F.fma(unsafe W.wide(weights.pointer, 1), x, b)
    c = F.fma(unsafe W.wide(weights.pointer, 2), x, c)
    d = F.fma(unsafe W.wide(weights.pointer, 3), x, d)
  }

  @inlinable @inline(__always)
  static func addColumn<F: FusedMultiplyAdd, W: PanelFormat>(
    _: F.Type, _: W.Type, _ sums: inout Triple<LSTMPairSums>, _ weights: WeightColumn,
    _ x: Triple<WideLanes>
  ) {
    let a = unsafe W.wide(weights.pointer, 0)
    sums.a.a = F.fma(a, x.a, sums.a.a)
    sums.b.a = F.fma(a, x.b, sums.b.a)
    sums.c.a = F.fma(a, x.c, sums.c.a)
    let b = unsafe W.wide(weights.pointer, 1)
    sums.a.b = F.fma(b, x.a, sums.a.b)
    sums.b.b = F.fma(b, x.b, sums.b.b)
    sums.c.b = F.fma(b, x.c, sums.c.b)
    let c = unsafe W.wide(weights.pointer, 2)
    sums.a.c = F.fma(c, x.a, sums.a.c)
    sums.b.c = F.fma(c, x.b, sums.b.c)
    sums.c.c = F.fma(c, x.c, sums.c.c)
    let d = unsafe W.wide(weights.pointer, 3)
    sums.a.d = F.fma(d, x.a, sums.a.d)
    sums.b.d = F.fma(d, x.b, sums.b.d)
    sums.c.d = F.fma(d, x.c, sums.c.d)
  }

  @inlinable @inline(__always)
  static func addColumn<F: FusedMultiplyAdd, W: PanelFormat>(
    _: F.Type, _: W.Type, _ sums: inout Triple<LSTMPairSums>, _ others: inout Triple<LSTMPairSums>,
    _ weights: WeightColumn, _ x: Triple<WideLanes>, _ y: Triple<WideLanes>
  ) {
    let a = unsafe W.wide(weights.pointer, 0)
    sums.a.a = F.fma(a, x.a, sums.a.a)
    sums.b.a = F.fma(a, x.b, sums.b.a)
    sums.c.a = F.fma(a, x.c, sums.c.a)
    others.a.a = F.fma(a, y.a, others.a.a)
    others.b.a = F.fma(a, y.b, others.b.a)
    others.c.a = F.fma(a, y.c, others.c.a)
    let b = unsafe W.wide(weights.pointer, 1)
    sums.a.b = F.fma(b, x.a, sums.a.b)
    sums.b.b = F.fma(b, x.b, sums.b.b)
    sums.c.b = F.fma(b, x.c, sums.c.b)
    others.a.b = F.fma(b, y.a, others.a.b)
    others.b.b = F.fma(b, y.b, others.b.b)
    others.c.b = F.fma(b, y.c, others.c.b)
    let c = unsafe W.wide(weights.pointer, 2)
    sums.a.c = F.fma(c, x.a, sums.a.c)
    sums.b.c = F.fma(c, x.b, sums.b.c)
    sums.c.c = F.fma(c, x.c, sums.c.c)
    others.a.c = F.fma(c, y.a, others.a.c)
    others.b.c = F.fma(c, y.b, others.b.c)
    others.c.c = F.fma(c, y.c, others.c.c)
    let d = unsafe W.wide(weights.pointer, 3)
    sums.a.d = F.fma(d, x.a, sums.a.d)
    sums.b.d = F.fma(d, x.b, sums.b.d)
    sums.c.d = F.fma(d, x.c, sums.c.d)
    others.a.d = F.fma(d, y.a, others.a.d)
    others.b.d = F.fma(d, y.b, others.b.d)
    others.c.d = F.fma(d, y.c, others.c.d)
  }

  @inlinable @inline(__always)
  mutating func endVector() {}

  @inlinable @inline(__always)
  mutating func fixOrder() {
    a = a.inOrder
    b = b.inOrder
    c = c.inOrder
    d = d.inOrder
  }

  @inlinable
  var gates: WideGates<SixteenUnits> {
    @inline(__always) get {
      WideGates(
        a.lower(and: c), a.upper(and: c), b.lower(and: d), b.upper(and: d))
    }
  }
}

/// Of an odd last panel.
@usableFromInline
struct LSTMLastSums: PanelWideSums {
  /// i and f.
  @usableFromInline var a: WideLanes
  /// g and o.
  @usableFromInline var b: WideLanes

  @inlinable @inline(__always)
  static func column<W: PanelFormat>(_: W.Type) -> Int { W.lastColumn(gates: 4) }

  @inlinable @inline(__always)
  init(_ bias: UnsafePointer<Float>) {
    unsafe a = WideLanes(bias)
    unsafe b = WideLanes(bias + 16)
  }

  @inlinable @inline(__always)
  mutating func addColumn<F: FusedMultiplyAdd, W: PanelFormat>(
    _: F.Type, _: W.Type, _ weights: WeightColumn, _ x: WideLanes
  ) {
    a = F.fma(unsafe W.wide(weights.pointer, 0), x, a)
    b = F.fma(unsafe W.wide(weights.pointer, 1), x, b)
  }

  @inlinable @inline(__always)
  static func addColumn<F: FusedMultiplyAdd, W: PanelFormat>(
    _: F.Type, _: W.Type, _ sums: inout Triple<LSTMLastSums>, _ weights: WeightColumn,
    _ x: Triple<WideLanes>
  ) {
    let a = unsafe W.wide(weights.pointer, 0)
    sums.a.a = F.fma(a, x.a, sums.a.a)
    sums.b.a = F.fma(a, x.b, sums.b.a)
    sums.c.a = F.fma(a, x.c, sums.c.a)
    let b = unsafe W.wide(weights.pointer, 1)
    sums.a.b = F.fma(b, x.a, sums.a.b)
    sums.b.b = F.fma(b, x.b, sums.b.b)
    sums.c.b = F.fma(b, x.c, sums.c.b)
  }

  @inlinable @inline(__always)
  static func addColumn<F: FusedMultiplyAdd, W: PanelFormat>(
    _: F.Type, _: W.Type, _ sums: inout Triple<LSTMLastSums>, _ others: inout Triple<LSTMLastSums>,
    _ weights: WeightColumn, _ x: Triple<WideLanes>, _ y: Triple<WideLanes>
  ) {
    let a = unsafe W.wide(weights.pointer, 0)
    sums.a.a = F.fma(a, x.a, sums.a.a)
    sums.b.a = F.fma(a, x.b, sums.b.a)
    sums.c.a = F.fma(a, x.c, sums.c.a)
    others.a.a = F.fma(a, y.a, others.a.a)
    others.b.a = F.fma(a, y.b, others.b.a)
    others.c.a = F.fma(a, y.c, others.c.a)
    let b = unsafe W.wide(weights.pointer, 1)
    sums.a.b = F.fma(b, x.a, sums.a.b)
    sums.b.b = F.fma(b, x.b, sums.b.b)
    sums.c.b = F.fma(b, x.c, sums.c.b)
    others.a.b = F.fma(b, y.a, others.a.b)
    others.b.b = F.fma(b, y.b, others.b.b)
    others.c.b = F.fma(b, y.c, others.c.b)
  }

  @inlinable @inline(__always)
  mutating func endVector() {}

  @inlinable @inline(__always)
  mutating func fixOrder() {
    a = a.inOrder
    b = b.inOrder
  }

  @inlinable
  var gates: WideGates<EightUnits> {
    @inline(__always) get {
      // What the upper lanes have isn't used, but it must not be slow: not subnormal.
      WideGates(a.lower(and: a), a.upper(and: a), b.lower(and: b), b.upper(and: b))
    }
  }
}
