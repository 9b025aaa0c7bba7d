// SPDX-License-Identifier: MIT

import CVectors

/// The sums of the four gates, in PyTorch's order, once they are complete: of one panel of one
/// stream, or of two or three side by side.
@usableFromInline
struct Gates<V: LaneGroup> {
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

  /// The new c and the new h, while the sums are still in registers.
  @inlinable @inline(__always)
  func step<F: FusedMultiplyAdd, C: Companion>(
    _: F.Type, cell: V, beside companion: inout C
  ) -> (cell: V, hidden: V) {
    let new = newCell(F.self, cell: cell, beside: &companion)
    return finish(F.self, cell: new, beside: &companion)
  }

  /// f c + i g. With d(x) = 1 + e^-x, f is 1 / d(f), exactly 1 when it is open; i g is one fraction,
  /// which saves a division: 1 - e^-2|g| over (1 + e^-2|g|) d(i), with the sign of g.
  @inlinable @inline(__always)
  func newCell<F: FusedMultiplyAdd, C: Companion>(
    _: F.Type, cell: V, beside companion: inout C
  ) -> V {
    let input = i.sigmoidArgument
    let candidate = g.tangentArgument
    let forget = f.sigmoidArgument
    let k: DecayCoefficients<Three<V>> = .cell()
    let reduced = Reduction(
      F.self, of: Three(input, candidate + candidate, forget),
      passed: Three(input, candidate, forget), k, beside: &companion)
    let rest = V(repeating: ln2Rest)
    let both = Two<V>.fma(
      F.self, Two(reduced.n.first, reduced.n.third), Two(rest, rest),
      Two(reduced.r.first, reduced.r.third))
    companion.turn()
    let decay = Decay(
      F.self,
      Reduction(
        n: reduced.n, r: Three(both.first, reduced.r.second, both.second), scale: reduced.scale),
      k, beside: &companion)
    let denominators = decay.onePlus(F.self)
    companion.turn()
    let numerator = Decay(scale: decay.scale.second, tail: decay.tail.second).oneMinus(F.self)
    let written = numerator / (denominators.first * denominators.second)
    let kept = V(repeating: 1) / denominators.third
    // What is next to nothing counts as 0, here and below: see `Least`.
    let signed = written.signed(as: g).kept(where: written, isAtLeast: Least.cell)
    return V.fma(F.self, kept, cell, signed)
  }

  /// The new c and h from what `newCell` returned: o tanh(c), one fraction like i g. What decays in c
  /// arrives at 0; it would stay among the smallest numbers for ever.
  @inlinable @inline(__always)
  func finish<F: FusedMultiplyAdd, C: Companion>(
    _: F.Type, cell: V, beside companion: inout C
  ) -> (cell: V, hidden: V) {
    let shown = cell.tangentArgument
    let output = o.sigmoidArgument
    let k: DecayCoefficients<Two<V>> = .output()
    let reduced = Reduction(
      F.self, of: Two(shown + shown, output), passed: Two(shown, output), k, beside: &companion)
    let r = V.fma(F.self, reduced.n.second, V(repeating: ln2Rest), reduced.r.second)
    companion.turn()
    let decay = Decay(
      F.self, Reduction(n: reduced.n, r: Two(reduced.r.first, r), scale: reduced.scale), k,
      beside: &companion)
    let denominators = decay.onePlus(F.self)
    companion.turn()
    let numerator = Decay(scale: decay.scale.first, tail: decay.tail.first).oneMinus(F.self)
    // The fraction doesn't wait for c to be flushed: of less than 2^-60 it is far below 2^-40.
    let hidden = numerator / (denominators.first * denominators.second)
    return (
      cell.kept(where: cell.magnitude, isAtLeast: Least.cell),
      hidden.signed(as: cell).kept(where: hidden, isAtLeast: Least.value)
    )
  }
}

extension DecayCoefficients {
  /// Of i, g and f, side by side.
  @inlinable @inline(__always)
  static func cell<Part: LaneGroup>() -> DecayCoefficients where V == Three<Part> {
    let (s, t) = (DecayCoefficients<Part>.sigmoid, DecayCoefficients<Part>.tangent)
    return DecayCoefficients(
      c0: Three(s.c0, t.c0, s.c0), c1: Three(s.c1, t.c1, s.c1), c2: Three(s.c2, t.c2, s.c2),
      c3: Three(s.c3, t.c3, s.c3), c4: Three(s.c4, t.c4, s.c4),
      addend: Three(s.addend, t.addend, s.addend),
      toBinary: Three(s.toBinary, t.toBinary, s.toBinary), ln2: Three(s.ln2, t.ln2, s.ln2))
  }

  /// Of c and o.
  @inlinable @inline(__always)
  static func output<Part: LaneGroup>() -> DecayCoefficients where V == Two<Part> {
    let (s, t) = (DecayCoefficients<Part>.sigmoid, DecayCoefficients<Part>.tangent)
    return DecayCoefficients(
      c0: Two(t.c0, s.c0), c1: Two(t.c1, s.c1), c2: Two(t.c2, s.c2), c3: Two(t.c3, s.c3),
      c4: Two(t.c4, s.c4), addend: Two(t.addend, s.addend),
      toBinary: Two(t.toBinary, s.toBinary), ln2: Two(t.ln2, s.ln2))
  }
}

/// The sums of the four gates of one panel of one stream, as they grow.
@usableFromInline
struct PanelSums {
  @usableFromInline var i: Lanes
  @usableFromInline var f: Lanes
  @usableFromInline var g: Lanes
  @usableFromInline var o: Lanes

  /// Begins with a panel's biases, [4][8].
  @inlinable @inline(__always)
  init(_ bias: UnsafePointer<Float>) {
    i = unsafe load(bias, 0)
    f = unsafe load(bias, 8)
    g = unsafe load(bias, 16)
    o = unsafe load(bias, 24)
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
    _: F.Type, _: W.Type, _ weight: UnsafeRawPointer, _ x: Lanes
  ) {
    i = F.fma(unsafe W.input(weight), x, i)
    f = F.fma(unsafe W.forget(weight), x, f)
    g = F.fma(unsafe W.candidate(weight), x, g)
    o = F.fma(unsafe W.output(weight), x, o)
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

  /// Six streams: what waits in one three goes on in the other. Once for all types of weights.
  @inlinable @inline(never)
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
