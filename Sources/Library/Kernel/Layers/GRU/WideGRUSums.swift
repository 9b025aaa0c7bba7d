// SPDX-License-Identifier: MIT

import CVectors

// Of n there are two sums, since r multiplies only that over h: see `GRUSums`.

/// Of two panels of a GRU.
@usableFromInline
struct GRUPairSums: PanelWideSums {
  /// r and z of the first panel.
  @usableFromInline var a: WideLanes
  /// n of the first, r of the second.
  @usableFromInline var b: WideLanes
  /// z and n of the second.
  @usableFromInline var c: WideLanes
  /// The other sum of n, of both: in the end that over h.
  @usableFromInline var rest: WideLanes

  @inlinable @inline(__always)
  static func column<W: PanelFormat>(_: W.Type) -> Int { W.pairColumn(gates: 3) }

  @inlinable @inline(__always)
  init(_ bias: UnsafePointer<Float>) {
    let (low, high) = unsafe (WideLanes(bias + 16), WideLanes(bias + 48))
    let second = unsafe WideLanes(bias + 32)
    unsafe a = WideLanes(bias)
    b = low.lower(and: second)
    c = second.upper(andLower: high)
    rest = low.upper(and: high)
  }

  @inlinable @inline(__always)
  mutating func addColumn<F: FusedMultiplyAdd, W: PanelFormat>(
    _: F.Type, _: W.Type, _ weights: WeightColumn, _ x: WideLanes
  ) {
    a = F.fma(unsafe W.wide(weights.pointer, 0), x, a)
    b = F.fma(unsafe W.wide(weights.pointer, 1), x, b)
    c = F.fma(unsafe W.wide(weights.pointer, 2), x, c)
  }

  @inlinable @inline(__always)
  static func addColumn<F: FusedMultiplyAdd, W: PanelFormat>(
    _: F.Type, _: W.Type, _ sums: inout Triple<GRUPairSums>, _ weights: WeightColumn,
    _ x: Triple<WideLanes>
  ) {
    let a = unsafe W.wide(weights.pointer, 0)
    x.addProducts(F.self, a, &sums.a.a, &sums.b.a, &sums.c.a)
    let b = unsafe W.wide(weights.pointer, 1)
    x.addProducts(F.self, b, &sums.a.b, &sums.b.b, &sums.c.b)
    let c = unsafe W.wide(weights.pointer, 2)
    x.addProducts(F.self, c, &sums.a.c, &sums.b.c, &sums.c.c)
  }

  @inlinable @inline(__always)
  static func addColumn<F: FusedMultiplyAdd, W: PanelFormat>(
    _: F.Type, _: W.Type, _ sums: inout Triple<GRUPairSums>, _ others: inout Triple<GRUPairSums>,
    _ weights: WeightColumn, _ x: Triple<WideLanes>, _ y: Triple<WideLanes>
  ) {
    let a = unsafe W.wide(weights.pointer, 0)
    x.addProducts(F.self, a, &sums.a.a, &sums.b.a, &sums.c.a)
    y.addProducts(F.self, a, &others.a.a, &others.b.a, &others.c.a)
    let b = unsafe W.wide(weights.pointer, 1)
    x.addProducts(F.self, b, &sums.a.b, &sums.b.b, &sums.c.b)
    y.addProducts(F.self, b, &others.a.b, &others.b.b, &others.c.b)
    let c = unsafe W.wide(weights.pointer, 2)
    x.addProducts(F.self, c, &sums.a.c, &sums.b.c, &sums.c.c)
    y.addProducts(F.self, c, &others.a.c, &others.b.c, &others.c.c)
  }

  @inlinable @inline(__always)
  mutating func endVector() {
    let n = b.lower(andUpper: c)
    b = rest.lower(andUpper: b)
    c = c.lower(andUpper: rest)
    rest = n
  }

  @inlinable @inline(__always)
  mutating func fixOrder() {
    a = a.inOrder
    b = b.inOrder
    c = c.inOrder
  }

  @inlinable
  var gates: WideGates<SixteenUnits> {
    @inline(__always) get {
      WideGates(a.lower(andUpper: b), a.upper(andLower: c), b.lower(andUpper: c), rest)
    }
  }
}

/// Of an odd last panel.
@usableFromInline
struct GRULastSums: PanelWideSums {
  /// r and z.
  @usableFromInline var a: WideLanes
  @usableFromInline var n: WideLanes
  /// The other sum of n.
  @usableFromInline var rest: WideLanes

  @inlinable @inline(__always)
  static func column<W: PanelFormat>(_: W.Type) -> Int { W.lastColumn(gates: 3) }

  @inlinable @inline(__always)
  init(_ bias: UnsafePointer<Float>) {
    unsafe a = WideLanes(bias)
    unsafe n = WideLanes(leat_wide_extended(load(bias, 16)))
    unsafe rest = WideLanes(leat_wide_extended(load(bias, 24)))
  }

  @inlinable @inline(__always)
  mutating func addColumn<F: FusedMultiplyAdd, W: PanelFormat>(
    _: F.Type, _: W.Type, _ weights: WeightColumn, _ x: WideLanes
  ) {
    a = F.fma(unsafe W.wide(weights.pointer, 0), x, a)
    n = F.fma(unsafe WideLanes(leat_wide_extended(W.first(weights.pointer, gate: 2))), x, n)
  }

  @inlinable @inline(__always)
  static func addColumn<F: FusedMultiplyAdd, W: PanelFormat>(
    _: F.Type, _: W.Type, _ sums: inout Triple<GRULastSums>, _ weights: WeightColumn,
    _ x: Triple<WideLanes>
  ) {
    let a = unsafe W.wide(weights.pointer, 0)
    x.addProducts(F.self, a, &sums.a.a, &sums.b.a, &sums.c.a)
    let n = unsafe WideLanes(leat_wide_extended(W.first(weights.pointer, gate: 2)))
    x.addProducts(F.self, n, &sums.a.n, &sums.b.n, &sums.c.n)
  }

  @inlinable @inline(__always)
  static func addColumn<F: FusedMultiplyAdd, W: PanelFormat>(
    _: F.Type, _: W.Type, _ sums: inout Triple<GRULastSums>, _ others: inout Triple<GRULastSums>,
    _ weights: WeightColumn, _ x: Triple<WideLanes>, _ y: Triple<WideLanes>
  ) {
    let a = unsafe W.wide(weights.pointer, 0)
    x.addProducts(F.self, a, &sums.a.a, &sums.b.a, &sums.c.a)
    y.addProducts(F.self, a, &others.a.a, &others.b.a, &others.c.a)
    let n = unsafe WideLanes(leat_wide_extended(W.first(weights.pointer, gate: 2)))
    x.addProducts(F.self, n, &sums.a.n, &sums.b.n, &sums.c.n)
    y.addProducts(F.self, n, &others.a.n, &others.b.n, &others.c.n)
  }

  @inlinable @inline(__always)
  mutating func endVector() { (n, rest) = (rest, n) }

  @inlinable @inline(__always)
  mutating func fixOrder() {
    a = a.inOrder
    n = n.inOrder
  }

  @inlinable
  var gates: WideGates<EightUnits> {
    @inline(__always) get {
      WideGates(a, a.upper(and: a), n, rest)
    }
  }
}
