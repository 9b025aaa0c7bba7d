// SPDX-License-Identifier: MIT

/// The sums of the gates of one panel of one stream, while they are added up, and the step that
/// follows them. Each kind of layer with several gates has its own.
@usableFromInline
protocol PanelSums {
  associatedtype State: RecurrentState
  /// The complete sums of one panel of three streams, gate by gate.
  associatedtype Cells
  static var gates: Int { get }
  /// Whether an odd last panel is computed with the pair before it: three panels at once, which
  /// pays if their sums fit into registers.
  static var takesThree: Bool { get }

  /// The biases of a panel, [4][8].
  init(_ bias: UnsafePointer<Float>)

  /// Called after the last input, and after the last element of the previous h.
  mutating func endVector()

  /// Makes the compiler compute the sums here, before the operations that follow.
  mutating func fixOrder()

  // Each adds the products of a column of weights and x.

  /// Of an odd last panel.
  mutating func addColumn<F: FusedMultiplyAdd, W: PanelFormat>(
    _: F.Type, _: W.Type, _ weight: UnsafeRawPointer, _ x: Lanes)

  /// Of the two panels of a pair.
  static func addColumn<F: FusedMultiplyAdd, W: PanelFormat>(
    _: F.Type, _: W.Type, _ low: inout Self, _ high: inout Self, _ weight: UnsafeRawPointer,
    _ x: Lanes)

  // Each adds the products of a matrix of integers and a vector.

  /// Of one panel.
  mutating func addProducts<F: FusedMultiplyAdd>(
    _: F.Type, _ matrix: QuantizedMatrix, _ vector: QuantizedVector)

  /// Of the two panels of a pair.
  static func addProducts<F: FusedMultiplyAdd>(
    _: F.Type, _ low: inout Self, _ high: inout Self, _ matrix: QuantizedMatrix,
    _ vector: QuantizedVector)

  /// Of one panel for three streams.
  static func addProducts<F: FusedMultiplyAdd>(
    _: F.Type, _ sums: inout Triple<Self>, _ matrix: QuantizedMatrix,
    _ vectors: Triple<QuantizedVector>)

  // Each computes the new state of 8 units, or of 16, from `unit` on.

  /// Of one panel.
  func step<F: FusedMultiplyAdd>(_: F.Type, _ state: State, unit: Int)

  /// Of two panels.
  static func step<F: FusedMultiplyAdd>(
    _: F.Type, _ low: Self, _ high: Self, _ state: State, unit: Int)

  /// Of three panels.
  static func step<F: FusedMultiplyAdd>(
    _: F.Type, _ low: Self, _ high: Self, _ last: Self, _ state: State, unit: Int)

  /// Of two panels, interleaved with `work`.
  static func step<F: FusedMultiplyAdd, C: InterleavedWork>(
    _: F.Type, _ low: Self, _ high: Self, _ state: State, unit: Int, beside work: inout C)

  static func cells(_ sums: Triple<Self>) -> Cells

  /// Of one panel of three streams.
  static func step<F: FusedMultiplyAdd>(
    _: F.Type, _ cells: Cells, _ states: Triple<State>, unit: Int)
}
