// SPDX-License-Identifier: MIT

import CVectors

/// The sums of the four gates, in PyTorch's order, once they are complete: of one panel of one
/// stream, or of two or three side by side.
public struct Gates<V: LaneGroup> {
  @usableFromInline var i: V
  @usableFromInline var f: V
  @usableFromInline var g: V
  @usableFromInline var o: V

  @inlinable @inline(__always)
  init(i: V, f: V, g: V, o: V) {
    self.i = i
    self.f = f
    self.g = g
    self.o = o
  }

  /// The new c and the new h, while the sums are still in registers. What decays in c arrives at 0:
  /// it would stay among the subnormal numbers for ever.
  @inlinable @inline(__always)
  func step<F: FusedMultiplyAdd, C: Companion>(
    _: F.Type, cell: V, beside companion: inout C
  ) -> (cell: V, hidden: V) {
    let new = newCell(F.self, cell: cell, beside: &companion)
    return finish(F.self, cell: new, beside: &companion)
  }

  /// f c + i g
  @inlinable @inline(__always)
  func newCell<F: FusedMultiplyAdd, C: Companion>(
    _: F.Type, cell: V, beside companion: inout C
  ) -> V {
    let input = Sigmoid(i)
    let candidate = HyperbolicTangent(g)
    let forget = Sigmoid(f)
    let first = input.exponent(F.self)
    let second = candidate.exponent(F.self)
    let third = forget.exponent(F.self)
    let fractions = LogisticFraction(
      F.self,
      of: Exponent(
        y: Three(first.y, second.y, third.y),
        shifted: Three(first.shifted, second.shifted, third.shifted)), beside: &companion)
    let written =
      input.value(
        LogisticFraction(
          numerator: fractions.numerator.first, denominator: fractions.denominator.first))
      * candidate.value(
        F.self,
        LogisticFraction(
          numerator: fractions.numerator.second, denominator: fractions.denominator.second))
    let kept = forget.value(
      LogisticFraction(
        numerator: fractions.numerator.third, denominator: fractions.denominator.third))
    return V.fma(F.self, kept, cell, written)
  }

  /// The new c and h from what `newCell` returned.
  @inlinable @inline(__always)
  func finish<F: FusedMultiplyAdd, C: Companion>(
    _: F.Type, cell: V, beside companion: inout C
  ) -> (cell: V, hidden: V) {
    // The fraction doesn't wait for the flush, which can't change it: tanh takes its magnitudes no
    // closer to 0.
    let flushed = cell.flushed
    let shown = HyperbolicTangent(cell)
    let output = Sigmoid(o)
    let first = shown.exponent(F.self)
    let second = output.exponent(F.self)
    let fractions = LogisticFraction(
      F.self, of: Exponent(y: Two(first.y, second.y), shifted: Two(first.shifted, second.shifted)),
      beside: &companion)
    let tangent = HyperbolicTangent(x: flushed, b: shown.b).value(
      F.self,
      LogisticFraction(
        numerator: fractions.numerator.first, denominator: fractions.denominator.first))
    let opened = output.value(
      LogisticFraction(
        numerator: fractions.numerator.second, denominator: fractions.denominator.second))
    return (flushed, opened * tangent)
  }
}

/// The sums of the four gates of one panel of one stream, as they grow.
@usableFromInline
struct PanelSums {
  @usableFromInline var i: Lanes
  @usableFromInline var f: Lanes
  @usableFromInline var g: Lanes
  @usableFromInline var o: Lanes

  /// Begins with the biases of a panel, one of `together` side by side.
  @inlinable @inline(__always)
  init(_ bias: UnsafePointer<Float>, together: Int) {
    i = unsafe load(bias, 0)
    f = unsafe load(bias, 8 &* together)
    g = unsafe load(bias, 16 &* together)
    o = unsafe load(bias, 24 &* together)
  }

  /// Has what was added up to here computed here.
  @inlinable @inline(__always)
  mutating func pin() {
    i = leat_vector_in_order(i)
    f = leat_vector_in_order(f)
    g = leat_vector_in_order(g)
    o = leat_vector_in_order(o)
  }

  /// Adds the products of one column's weights with x.
  @inlinable @inline(__always)
  mutating func add<F: FusedMultiplyAdd, W: PanelFormat>(
    _: F.Type, _: W.Type, _ weight: UnsafeRawPointer, together: Int, _ x: Lanes
  ) {
    let weights = unsafe W.gates(weight, step: W.vector &* together)
    i = F.fma(weights.i.lanes, x, i)
    f = F.fma(weights.f.lanes, x, f)
    g = F.fma(weights.g.lanes, x, g)
    o = F.fma(weights.o.lanes, x, o)
  }
}

extension Gates where V == LaneSingle {
  @inlinable @inline(__always)
  init(i: Lanes, f: Lanes, g: Lanes, o: Lanes) {
    self.init(i: LaneSingle(i), f: LaneSingle(f), g: LaneSingle(g), o: LaneSingle(o))
  }

  /// Of one panel of one stream, from `unit` on.
  @inlinable @inline(__always)
  static func step<F: FusedMultiplyAdd>(
    _: F.Type, _ sums: PanelSums, _ state: LayerState, unit: Int
  ) {
    if F.sharesCode { return unsafe stepApart(F.self, sums, state, unit: unit) }
    unsafe stepHere(F.self, sums, state, unit: unit)
  }

  @inlinable @inline(never)
  static func stepApart<F: FusedMultiplyAdd>(
    _: F.Type, _ sums: PanelSums, _ state: LayerState, unit: Int
  ) {
    unsafe stepHere(F.self, sums, state, unit: unit)
  }

  @inlinable @inline(__always)
  static func stepHere<F: FusedMultiplyAdd>(
    _: F.Type, _ sums: PanelSums, _ state: LayerState, unit: Int
  ) {
    let gates = Gates(i: sums.i, f: sums.f, g: sums.g, o: sums.o)
    var companion = NoCompanion()
    let (cell, hidden) = gates.step(
      F.self, cell: LaneSingle(unsafe load(state.cell, unit)), beside: &companion)
    unsafe store(cell.lanes, state.cell, unit)
    unsafe store(hidden.lanes, state.output, unit)
  }
}

extension Gates where V == LanePair {
  /// Of two panels of one stream, from `unit` on.
  @inlinable @inline(__always)
  static func step<F: FusedMultiplyAdd>(
    _: F.Type, _ low: PanelSums, _ high: PanelSums, _ state: LayerState, unit: Int
  ) {
    if F.sharesCode {
      unsafe Gates<LaneSingle>.step(F.self, low, state, unit: unit)
      unsafe Gates<LaneSingle>.step(F.self, high, state, unit: unit &+ 8)
      return
    }
    var companion = NoCompanion()
    unsafe step(F.self, low, high, state, unit: unit, beside: &companion)
  }

  @inlinable @inline(__always)
  static func step<F: FusedMultiplyAdd, C: Companion>(
    _: F.Type, _ low: PanelSums, _ high: PanelSums, _ state: LayerState, unit: Int,
    beside companion: inout C
  ) {
    let gates = Gates(
      i: LanePair(low.i, high.i), f: LanePair(low.f, high.f), g: LanePair(low.g, high.g),
      o: LanePair(low.o, high.o))
    let (cell, hidden) = gates.step(
      F.self, cell: unsafe LanePair(load(state.cell, unit), load(state.cell, unit &+ 8)),
      beside: &companion)
    unsafe store(cell.first.lanes, state.cell, unit)
    unsafe store(cell.second.lanes, state.cell, unit &+ 8)
    unsafe store(hidden.first.lanes, state.output, unit)
    unsafe store(hidden.second.lanes, state.output, unit &+ 8)
  }
}

extension Gates where V == LaneTriple {
  /// Of one panel of three streams.
  @inlinable @inline(__always)
  init(_ a: PanelSums, _ b: PanelSums, _ c: PanelSums) {
    self.init(
      i: LaneTriple(a.i, b.i, c.i), f: LaneTriple(a.f, b.f, c.f), g: LaneTriple(a.g, b.g, c.g),
      o: LaneTriple(a.o, b.o, c.o))
  }

  @inlinable @inline(__always)
  func step<F: FusedMultiplyAdd>(_: F.Type, _ states: StateTriple, unit: Int) {
    var companion = NoCompanion()
    let new = unsafe newCell(F.self, cell: states.cells(unit), beside: &companion)
    unsafe states.store(finish(F.self, cell: new, beside: &companion), unit)
  }

  /// Six streams: what waits in one three goes on in the other.
  @inlinable @inline(__always)
  static func step<F: FusedMultiplyAdd>(
    _: F.Type, _ first: Gates, _ firstStates: StateTriple, _ second: Gates,
    _ secondStates: StateTriple, unit: Int
  ) {
    var companion = NoCompanion()
    let firstNew = unsafe first.newCell(
      F.self, cell: firstStates.cells(unit), beside: &companion)
    let secondNew = unsafe second.newCell(
      F.self, cell: secondStates.cells(unit), beside: &companion)
    unsafe firstStates.store(first.finish(F.self, cell: firstNew, beside: &companion), unit)
    unsafe secondStates.store(second.finish(F.self, cell: secondNew, beside: &companion), unit)
  }
}
