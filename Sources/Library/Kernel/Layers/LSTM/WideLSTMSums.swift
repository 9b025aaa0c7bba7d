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
    x.addProducts(F.self, a, &sums.a.a, &sums.b.a, &sums.c.a)
    let b = unsafe W.wide(weights.pointer, 1)
    x.addProducts(F.self, b, &sums.a.b, &sums.b.b, &sums.c.b)
    let c = unsafe W.wide(weights.pointer, 2)
    x.addProducts(F.self, c, &sums.a.c, &sums.b.c, &sums.c.c)
    let d = unsafe W.wide(weights.pointer, 3)
    x.addProducts(F.self, d, &sums.a.d, &sums.b.d, &sums.c.d)
  }

  @inlinable @inline(__always)
  static func addColumn<F: FusedMultiplyAdd, W: PanelFormat>(
    _: F.Type, _: W.Type, _ sums: inout Triple<LSTMPairSums>, _ others: inout Triple<LSTMPairSums>,
    _ weights: WeightColumn, _ x: Triple<WideLanes>, _ y: Triple<WideLanes>
  ) {
    // One vector of weights after the other: 24 sums, six inputs and one such vector are 31 of 32
    // registers. Compilers would load several vectors at once, and keep a sum in memory.
    var column = weights
    let a = unsafe W.wide(column.pointer, 0)
    x.addProducts(F.self, a, &sums.a.a, &sums.b.a, &sums.c.a)
    y.addProducts(F.self, a, &others.a.a, &others.b.a, &others.c.a)
    column.fixOrder(&sums.a.a, &sums.b.a, &sums.c.a, &others.a.a, &others.b.a, &others.c.a)
    let b = unsafe W.wide(column.pointer, 1)
    x.addProducts(F.self, b, &sums.a.b, &sums.b.b, &sums.c.b)
    y.addProducts(F.self, b, &others.a.b, &others.b.b, &others.c.b)
    column.fixOrder(&sums.a.b, &sums.b.b, &sums.c.b, &others.a.b, &others.b.b, &others.c.b)
    let c = unsafe W.wide(column.pointer, 2)
    x.addProducts(F.self, c, &sums.a.c, &sums.b.c, &sums.c.c)
    y.addProducts(F.self, c, &others.a.c, &others.b.c, &others.c.c)
    column.fixOrder(&sums.a.c, &sums.b.c, &sums.c.c, &others.a.c, &others.b.c, &others.c.c)
    let d = unsafe W.wide(column.pointer, 3)
    x.addProducts(F.self, d, &sums.a.d, &sums.b.d, &sums.c.d)
    y.addProducts(F.self, d, &others.a.d, &others.b.d, &others.c.d)
    column.fixOrder(&sums.a.d, &sums.b.d, &sums.c.d, &others.a.d, &others.b.d, &others.c.d)
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
    x.addProducts(F.self, a, &sums.a.a, &sums.b.a, &sums.c.a)
    let b = unsafe W.wide(weights.pointer, 1)
    x.addProducts(F.self, b, &sums.a.b, &sums.b.b, &sums.c.b)
  }

  @inlinable @inline(__always)
  static func addColumn<F: FusedMultiplyAdd, W: PanelFormat>(
    _: F.Type, _: W.Type, _ sums: inout Triple<LSTMLastSums>, _ others: inout Triple<LSTMLastSums>,
    _ weights: WeightColumn, _ x: Triple<WideLanes>, _ y: Triple<WideLanes>
  ) {
    let a = unsafe W.wide(weights.pointer, 0)
    x.addProducts(F.self, a, &sums.a.a, &sums.b.a, &sums.c.a)
    y.addProducts(F.self, a, &others.a.a, &others.b.a, &others.c.a)
    let b = unsafe W.wide(weights.pointer, 1)
    x.addProducts(F.self, b, &sums.a.b, &sums.b.b, &sums.c.b)
    y.addProducts(F.self, b, &others.a.b, &others.b.b, &others.c.b)
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
