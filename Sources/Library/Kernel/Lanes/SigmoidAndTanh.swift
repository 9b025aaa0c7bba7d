// SPDX-License-Identifier: MIT
//
// σ, tanh and exp, with the same bits on every processor: those of libm differ. All are computed
// from e^-y = s (1 - q), where s is a power of two and q a polynomial. Tests/C measures their error
// over every float; Documentation/Design.md explains the choice of the formulas.

/// The polynomial of q: r + rr (c0 + c1 r + c2 r² + c3 r³ + c4 r⁴), rr = r² + `addend`.
/// Tests/Activations/fit_coefficients.py finds the coefficients.
@usableFromInline
struct DecayCoefficients<V: LaneGroup> {
  @usableFromInline let c0, c1, c2, c3, c4: V
  @usableFromInline let addend: V
  /// -log2 e, for the unit of what is passed for y; and ln 2, of which σ and exp use a second part.
  @usableFromInline let toBinary: V
  @usableFromInline let ln2: V

  @inlinable @inline(__always)
  init(c0: V, c1: V, c2: V, c3: V, c4: V, addend: V, toBinary: V, ln2: V) {
    (self.c0, self.c1, self.c2, self.c3, self.c4) = (c0, c1, c2, c3, c4)
    (self.addend, self.toBinary, self.ln2) = (addend, toBinary, ln2)
  }
}

extension DecayCoefficients {
  /// Of σ. The addend makes e^-x greater by half of 2^-24, which balances the rounding of 1 + e^-x.
  @inlinable static var sigmoid: DecayCoefficients {
    @inline(__always) get {
      DecayCoefficients(
        c0: V(repeating: -0x1p-1), c1: V(repeating: 0x1.5555b2p-3),
        c2: V(repeating: -0x1.555a18p-5), c3: V(repeating: 0x1.11b49ep-7),
        c4: V(repeating: -0x1.682402p-10), addend: V(repeating: 0x1.eb851ep-25),
        toBinary: V(repeating: -0x1.715476p0), ln2: V(repeating: 0x1.62e4p-1))
    }
  }

  /// Of tanh, of half of y. The addend keeps r² from underflow, and 1 - e^-y above 0.
  @inlinable static var tanh: DecayCoefficients {
    @inline(__always) get {
      DecayCoefficients(
        c0: V(repeating: -0x1.fffff6p-2), c1: V(repeating: 0x1.555490p-3),
        c2: V(repeating: -0x1.555d1ap-5), c3: V(repeating: 0x1.123c82p-7),
        c4: V(repeating: -0x1.679582p-10), addend: V(repeating: -0x1p-64),
        toBinary: V(repeating: -0x1.715476p1), ln2: V(repeating: 0x1.62e430p-1))
    }
  }

  /// Of exp: tanh's polynomial with σ's reduction.
  @inlinable static var exp: DecayCoefficients {
    @inline(__always) get {
      let (s, t) = (DecayCoefficients.sigmoid, DecayCoefficients.tanh)
      return DecayCoefficients(
        c0: t.c0, c1: t.c1, c2: t.c2, c3: t.c3, c4: t.c4, addend: t.addend, toBinary: s.toBinary,
        ln2: s.ln2)
    }
  }
}

/// The second part of ln 2, where it is split in two.
@usableFromInline var ln2Rest: Float { @inlinable @inline(__always) get { 0x1.7f7d1cp-20 } }

/// The largest y, beyond which results don't change: e^-41.5 is about 2^-60.
@usableFromInline var decayLimit: Float { @inlinable @inline(__always) get { 41.5 } }

/// The range reduction of y: y = r - n ln 2, n an integer.
@usableFromInline
struct Reduction<V: LaneGroup> {
  @usableFromInline let n: V
  @usableFromInline let r: V
  /// 2^n
  @usableFromInline let scale: V

  @inlinable @inline(__always)
  init(n: V, r: V, scale: V) {
    (self.n, self.r, self.scale) = (n, r, scale)
  }

  /// Of y. `passed` is y in the unit of `toBinary`.
  @inlinable @inline(__always)
  init<F: FusedMultiplyAdd, C: InterleavedWork>(
    _: F.Type, of y: V, passed: V, _ k: DecayCoefficients<V>, beside work: inout C
  ) {
    // Adding 1.5 · 2^23 rounds to an integer; with 127 more the low bits hold 2^n's exponent.
    let shifted = V.fma(F.self, passed, k.toBinary, 0x1.8000fep23)
    work.advance()
    n = shifted - V(repeating: 0x1.8000fep23)
    r = V.fma(F.self, n, k.ln2, y)
    work.advance()
    scale = shifted.powerOfTwo
  }

  /// With the second part of ln 2.
  @inlinable @inline(__always)
  func exact<F: FusedMultiplyAdd>(_: F.Type) -> Reduction {
    Reduction(n: n, r: V.fma(F.self, n, V(repeating: ln2Rest), r), scale: scale)
  }
}

/// e^-y = `scale` (1 - `tail`)
@usableFromInline
struct Decay<V: LaneGroup> {
  @usableFromInline let scale: V
  @usableFromInline let tail: V

  @inlinable @inline(__always)
  init(scale: V, tail: V) {
    (self.scale, self.tail) = (scale, tail)
  }

  @inlinable @inline(__always)
  init<F: FusedMultiplyAdd, C: InterleavedWork>(
    _: F.Type, _ reduction: Reduction<V>, _ k: DecayCoefficients<V>, beside work: inout C
  ) {
    let r = reduction.r
    let rr = V.fma(F.self, r, r, k.addend)
    work.advance()
    let a = V.fma(F.self, k.c1, r, k.c0)
    work.advance()
    var b = V.fma(F.self, k.c3, r, k.c2)
    work.advance()
    b = V.fma(F.self, k.c4, rr, b)
    work.advance()
    let p = V.fma(F.self, b, rr, a)
    work.advance()
    tail = V.fma(F.self, p, rr, r)
    work.advance()
    scale = reduction.scale
  }

  /// 1 + e^-y
  @inlinable @inline(__always)
  func onePlus<F: FusedMultiplyAdd>(_: F.Type) -> V {
    V.fma(F.self, scale.negated, tail, V(repeating: 1) + scale)
  }

  /// 1 - e^-y
  @inlinable @inline(__always)
  func oneMinus<F: FusedMultiplyAdd>(_: F.Type) -> V {
    V.fma(F.self, scale, tail, V(repeating: 1) - scale)
  }

  /// e^-y
  @inlinable @inline(__always)
  func value<F: FusedMultiplyAdd>(_: F.Type) -> V {
    V.fma(F.self, scale.negated, tail, scale)
  }
}

extension LaneGroup {
  /// y of σ: x, within the limits.
  @inlinable @inline(__always)
  var sigmoidArgument: Self { maximum(-decayLimit).minimum(decayLimit) }

  /// Half of the y of tanh: |x|, within the limit.
  @inlinable @inline(__always)
  var tanhArgument: Self { magnitude.minimum(decayLimit / 2) }
}

/// 1 / (1 + e^-x), within 2 ulp, monotone, in 0…1; below -41.5 it is 2^-60, about.
@inlinable @inline(__always)
public func sigmoid<F: FusedMultiplyAdd, V: LaneGroup>(_: F.Type, _ x: V) -> V {
  var work = NoWork()
  let k = DecayCoefficients<V>.sigmoid
  let y = x.sigmoidArgument
  let reduction = Reduction(F.self, of: y, passed: y, k, beside: &work).exact(F.self)
  return V(repeating: 1) / Decay(F.self, reduction, k, beside: &work).onePlus(F.self)
}

/// tanh x, within 2 ulp, odd, monotone, in -1…1, and x where |x| < 2^-40.
@inlinable @inline(__always)
public func tanh<F: FusedMultiplyAdd, V: LaneGroup>(_: F.Type, _ x: V) -> V {
  tanhMagnitude(F.self, x).copyingSign(of: x)
    .selected(where: x.magnitude, isAtLeast: 0x1p-40, else: x)
}

/// tanh |x|: (1 - e^-2|x|) / (1 + e^-2|x|).
@inlinable @inline(__always)
func tanhMagnitude<F: FusedMultiplyAdd, V: LaneGroup>(_: F.Type, _ x: V) -> V {
  var work = NoWork()
  let k = DecayCoefficients<V>.tanh
  let half = x.tanhArgument
  let reduction = Reduction(F.self, of: half + half, passed: half, k, beside: &work)
  let decay = Decay(F.self, reduction, k, beside: &work)
  return decay.oneMinus(F.self) / decay.onePlus(F.self)
}

/// e^x for x ≤ 0, else 1; below -41.5 it is 2^-60, about.
@inlinable @inline(__always)
func exp<F: FusedMultiplyAdd, V: LaneGroup>(_: F.Type, _ x: V) -> V {
  var work = NoWork()
  let k = DecayCoefficients<V>.exp
  let y = x.negated.maximum(0).minimum(decayLimit)
  let reduction = Reduction(F.self, of: y, passed: y, k, beside: &work).exact(F.self)
  return Decay(F.self, reduction, k, beside: &work).value(F.self)
}
