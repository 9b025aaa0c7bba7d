// SPDX-License-Identifier: MIT

import CVectors

/// The complete sums of the four gates, in PyTorch's order: of one panel of one stream, or of two
/// or three beside each other.
@usableFromInline
struct LSTMCell<V: LaneGroup> {
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
  func step<F: FusedMultiplyAdd, C: InterleavedWork>(
    _: F.Type, cell: V, beside work: inout C
  ) -> (cell: V, hidden: V) {
    let new = newCell(F.self, cell: cell, beside: &work)
    return newState(F.self, cell: new, beside: &work)
  }

  /// f c + i g. With d(x) = 1 + e^-x, f is 1 / d(f), exactly 1 for large sums. To save a division,
  /// i g is one fraction: 1 - e^-2|g| over (1 + e^-2|g|) d(i), with the sign of g.
  @inlinable @inline(__always)
  func newCell<F: FusedMultiplyAdd, C: InterleavedWork>(
    _: F.Type, cell: V, beside work: inout C
  ) -> V {
    let input = i.sigmoidArgument
    let candidate = g.tanhArgument
    let forget = f.sigmoidArgument
    let k: DecayCoefficients<Three<V>> = .cell()
    let reduced = Reduction(
      F.self, of: Three(input, candidate + candidate, forget),
      passed: Three(input, candidate, forget), k, beside: &work)
    let rest = V(repeating: ln2Rest)
    let both = Two<V>.fma(
      F.self, Two(reduced.n.first, reduced.n.third), Two(rest, rest),
      Two(reduced.r.first, reduced.r.third))
    work.advance()
    let decay = Decay(
      F.self,
      Reduction(
        n: reduced.n, r: Three(both.first, reduced.r.second, both.second), scale: reduced.scale),
      k, beside: &work)
    let denominators = decay.onePlus(F.self)
    work.advance()
    let numerator = Decay(scale: decay.scale.second, tail: decay.tail.second).oneMinus(F.self)
    let magnitude = numerator / (denominators.first * denominators.second)
    let forgetGate = V(repeating: 1) / denominators.third
    let addend = magnitude.copyingSign(of: g).flushed(where: magnitude, isBelow: Least.cell)
    return V.fma(F.self, forgetGate, cell, addend)
  }

  /// The new c, flushed to zero, and the new h from what `newCell` returned. h = o tanh(c) is one
  /// fraction, as i g is.
  @inlinable @inline(__always)
  func newState<F: FusedMultiplyAdd, C: InterleavedWork>(
    _: F.Type, cell: V, beside work: inout C
  ) -> (cell: V, hidden: V) {
    let argument = cell.tanhArgument
    let output = o.sigmoidArgument
    let k: DecayCoefficients<Two<V>> = .output()
    let reduced = Reduction(
      F.self, of: Two(argument + argument, output), passed: Two(argument, output), k, beside: &work)
    let r = V.fma(F.self, reduced.n.second, V(repeating: ln2Rest), reduced.r.second)
    work.advance()
    let decay = Decay(
      F.self, Reduction(n: reduced.n, r: Two(reduced.r.first, r), scale: reduced.scale), k,
      beside: &work)
    let denominators = decay.onePlus(F.self)
    work.advance()
    let numerator = Decay(scale: decay.scale.first, tail: decay.tail.first).oneMinus(F.self)
    // h is computed from c before c is flushed: for c below 2^-60, h is below 2^-40 and flushed
    // too.
    let hidden = numerator / (denominators.first * denominators.second)
    return (
      cell.flushed(where: cell.magnitude, isBelow: Least.cell),
      hidden.copyingSign(of: cell).flushed(where: hidden, isBelow: Least.value)
    )
  }
}

extension DecayCoefficients {
  /// Of i, g and f, beside each other.
  @inlinable @inline(__always)
  static func cell<Part: LaneGroup>() -> DecayCoefficients where V == Three<Part> {
    let (s, t) = (DecayCoefficients<Part>.sigmoid, DecayCoefficients<Part>.tanh)
    return DecayCoefficients(
      c0: Three(s.c0, t.c0, s.c0), c1: Three(s.c1, t.c1, s.c1), c2: Three(s.c2, t.c2, s.c2),
      c3: Three(s.c3, t.c3, s.c3), c4: Three(s.c4, t.c4, s.c4),
      addend: Three(s.addend, t.addend, s.addend),
      toBinary: Three(s.toBinary, t.toBinary, s.toBinary), ln2: Three(s.ln2, t.ln2, s.ln2))
  }

  /// Of c and o.
  @inlinable @inline(__always)
  static func output<Part: LaneGroup>() -> DecayCoefficients where V == Two<Part> {
    let (s, t) = (DecayCoefficients<Part>.sigmoid, DecayCoefficients<Part>.tanh)
    return DecayCoefficients(
      c0: Two(t.c0, s.c0), c1: Two(t.c1, s.c1), c2: Two(t.c2, s.c2), c3: Two(t.c3, s.c3),
      c4: Two(t.c4, s.c4), addend: Two(t.addend, s.addend),
      toBinary: Two(t.toBinary, s.toBinary), ln2: Two(t.ln2, s.ln2))
  }
}
