// SPDX-License-Identifier: MIT

import CVectors

/// The sums of the gates of one or two panels of one stream, or of more, in vectors of sixteen. A
/// vector has what sixteen floats of a column of weights have: two gates, mostly. So weights need no
/// other layout than for vectors of eight, and the gates are put together once, when the sums are
/// complete. Each sum has the order that it has in `PanelSums`.
@usableFromInline
protocol WideSums {
  associatedtype Units: WideUnits
  associatedtype Weights

  /// The biases of the panels, [panel][4][8].
  init(_ bias: UnsafePointer<Float>)

  /// Bytes of a column of all panels.
  static func column<W: PanelFormat>(_: W.Type) -> Int

  /// The first column of a matrix of `columns`, of which the panels' weights begin at `start`.
  static func weights<W: PanelFormat>(
    _: W.Type, _ start: UnsafeRawPointer, columns: Int
  ) -> Weights
  static func moveToNextColumn<W: PanelFormat>(_: W.Type, _ weights: inout Weights)

  /// Adds the products of a column of weights and x.
  mutating func addColumn<F: FusedMultiplyAdd, W: PanelFormat>(
    _: F.Type, _: W.Type, _ weights: Weights, _ x: WideLanes)

  /// Called after the last input, and after the last element of the previous h.
  mutating func endVector()

  /// Makes the compiler compute the sums here, before the operations that follow.
  mutating func fixOrder()

  /// The complete sums.
  var gates: WideGates<Units> { get }
}

/// The complete sums of units: of an LSTM i, f, g and o; of a GRU r, z, and n over the inputs and
/// over h.
@usableFromInline
struct WideGates<V: LaneGroup> {
  @usableFromInline let a, b, c, d: V

  @inlinable @inline(__always)
  init(_ a: V, _ b: V, _ c: V, _ d: V) { (self.a, self.b, self.c, self.d) = (a, b, c, d) }
}

extension WideGates where V: WideUnits {
  @inlinable @inline(__always)
  init(_ a: WideLanes, _ b: WideLanes, _ c: WideLanes, _ d: WideLanes) {
    self.init(V(a), V(b), V(c), V(d))
  }
}

/// A column of the weights of one or two panels.
@safe @usableFromInline
struct WeightColumn {
  @usableFromInline var pointer: UnsafeRawPointer

  @inlinable @inline(__always)
  init(_ pointer: UnsafeRawPointer) { unsafe self.pointer = pointer }

  /// Makes the compiler compute these sums before it loads what follows.
  @inlinable @inline(__always)
  mutating func fixOrder(
    _ a: inout WideLanes, _ b: inout WideLanes, _ c: inout WideLanes, _ d: inout WideLanes,
    _ e: inout WideLanes, _ f: inout WideLanes
  ) {
    a = a.inOrder
    b = b.inOrder
    c = c.inOrder
    d = d.inOrder
    e = e.inOrder
    f = f.inOrder
    // Safe: it returns its argument.
    unsafe pointer = leat_wide_pointer_in_order(pointer).unsafelyUnwrapped
  }
}

/// The sums of one or two panels, whose weights are beside each other.
@usableFromInline
protocol PanelWideSums: WideSums where Weights == WeightColumn {
  /// `addColumn` for three streams: a vector is loaded once.
  static func addColumn<F: FusedMultiplyAdd, W: PanelFormat>(
    _: F.Type, _: W.Type, _ sums: inout Triple<Self>, _ weights: WeightColumn,
    _ x: Triple<WideLanes>)

  /// For six.
  static func addColumn<F: FusedMultiplyAdd, W: PanelFormat>(
    _: F.Type, _: W.Type, _ sums: inout Triple<Self>, _ others: inout Triple<Self>,
    _ weights: WeightColumn, _ x: Triple<WideLanes>, _ y: Triple<WideLanes>)
}

extension PanelWideSums {
  @inlinable @inline(__always)
  static func weights<W: PanelFormat>(
    _: W.Type, _ start: UnsafeRawPointer, columns _: Int
  ) -> WeightColumn { unsafe WeightColumn(start) }

  @inlinable @inline(__always)
  static func moveToNextColumn<W: PanelFormat>(_: W.Type, _ weights: inout WeightColumn) {
    // Safe: the caller counts the columns.
    unsafe weights.pointer += column(W.self)
  }
}

extension Triple where Element == WideLanes {
  /// Adds a vector of weights times the input of each of three streams to its sum.
  @inlinable @inline(__always)
  func addProducts<F: FusedMultiplyAdd>(
    _: F.Type, _ weight: WideLanes, _ sumA: inout WideLanes, _ sumB: inout WideLanes,
    _ sumC: inout WideLanes
  ) {
    sumA = F.fma(weight, a, sumA)
    sumB = F.fma(weight, b, sumB)
    sumC = F.fma(weight, c, sumC)
  }
}

/// The sums of panels, and of those after them.
@usableFromInline
struct BothSums<First: WideSums, Second: WideSums>: WideSums {
  @usableFromInline var first: First
  @usableFromInline var second: Second

  @inlinable @inline(__always)
  init(_ bias: UnsafePointer<Float>) {
    unsafe first = First(bias)
    unsafe second = Second(bias + 4 &* First.Units.units)
  }

  @inlinable @inline(__always)
  static func column<W: PanelFormat>(_: W.Type) -> Int {
    First.column(W.self) &+ Second.column(W.self)
  }

  @inlinable @inline(__always)
  static func weights<W: PanelFormat>(
    _: W.Type, _ start: UnsafeRawPointer, columns: Int
  ) -> (First.Weights, Second.Weights) {
    // Safe: the second panels' weights follow the whole matrix of the first.
    unsafe (
      First.weights(W.self, start, columns: columns),
      Second.weights(W.self, start + columns &* First.column(W.self), columns: columns)
    )
  }

  @inlinable @inline(__always)
  static func moveToNextColumn<W: PanelFormat>(
    _: W.Type, _ weights: inout (First.Weights, Second.Weights)
  ) {
    First.moveToNextColumn(W.self, &weights.0)
    Second.moveToNextColumn(W.self, &weights.1)
  }

  @inlinable @inline(__always)
  mutating func addColumn<F: FusedMultiplyAdd, W: PanelFormat>(
    _: F.Type, _: W.Type, _ weights: (First.Weights, Second.Weights), _ x: WideLanes
  ) {
    first.addColumn(F.self, W.self, weights.0, x)
    second.addColumn(F.self, W.self, weights.1, x)
  }

  @inlinable @inline(__always)
  mutating func endVector() {
    first.endVector()
    second.endVector()
  }

  @inlinable @inline(__always)
  mutating func fixOrder() {
    first.fixOrder()
    second.fixOrder()
  }

  @inlinable
  var gates: WideGates<BothUnits<First.Units, Second.Units>> {
    @inline(__always) get {
      let (low, high) = (first.gates, second.gates)
      return WideGates(
        BothUnits(low.a, high.a), BothUnits(low.b, high.b), BothUnits(low.c, high.c),
        BothUnits(low.d, high.d))
    }
  }
}
