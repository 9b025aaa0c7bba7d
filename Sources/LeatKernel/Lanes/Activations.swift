// SPDX-License-Identifier: MIT
//
// σ, tanh and exp, so that every processor computes the same bits: libm's differ. Tests/C measures
// their error over every float; Documentation/Design.md tells how the forms were chosen.

/// The least magnitude that the functions compute with: below, their results are the same, and no
/// square of a tiny number becomes subnormal, which takes some processors a hundred times as long.
@usableFromInline var leastMagnitude: Float { @inlinable @inline(__always) get { 0x1p-60 } }

/// y and its place between powers of two.
@usableFromInline
struct Exponent<V: LaneGroup> {
  @usableFromInline let y: V
  /// y log2 e rounded to an integer n, plus 1.5 · 2^23: the sum's low bits hold n.
  @usableFromInline let shifted: V

  @inlinable @inline(__always)
  init(y: V, shifted: V) {
    self.y = y
    self.shifted = shifted
  }

  /// Of y ≤ 0. Below ln 2^-126 the result would be subnormal; there it is 2^-126.
  @inlinable @inline(__always)
  init<F: FusedMultiplyAdd>(_: F.Type, of argument: V) {
    y = argument.raised(to: -87.33654)
    shifted = V.fma(F.self, y, V(repeating: 0x1.715476p0), 0x1.8p23)  // log2 e
  }

  /// Of 2 y, in which nothing waits for the doubling.
  @inlinable @inline(__always)
  init<F: FusedMultiplyAdd>(_: F.Type, ofTwice argument: V) {
    let half = argument.raised(to: -87.33654 / 2)
    shifted = V.fma(F.self, half, V(repeating: 0x1.715476p1), 0x1.8p23)
    y = half + half
  }
}

/// e^y in parts: `scale` · (1 + `tail`), with `scale` a power of two.
@usableFromInline
struct Exponential<V: LaneGroup> {
  @usableFromInline let scale: V
  @usableFromInline let tail: V

  @inlinable @inline(__always)
  init<F: FusedMultiplyAdd, C: Companion>(
    _: F.Type, _ exponent: Exponent<V>, beside companion: inout C
  ) {
    let n = exponent.shifted - V(repeating: 0x1.8p23)
    // r = y - n ln 2, with ln 2 in two parts.
    var r = V.fma(F.self, n, V(repeating: -0x1.62e4p-1), exponent.y)
    companion.turn()
    r = V.fma(F.self, n, V(repeating: -0x1.7f7d1cp-20), r)
    companion.turn()
    // e^r - 1 = r + r² p(r) for |r| ≤ ln 2 / 2, relative error below 2^-33: minimax
    // (Tests/Activations/fit_coefficients.py).
    var p = V.fma(F.self, V(repeating: 0x1.9f08a2p-13), r, 0x1.6d8cf8p-10)
    companion.turn()
    p = V.fma(F.self, p, r, 0x1.11127p-7)
    companion.turn()
    p = V.fma(F.self, p, r, 0x1.55548ep-5)
    companion.turn()
    p = V.fma(F.self, p, r, 0x1.555554p-3)
    companion.turn()
    p = V.fma(F.self, p, r, 0x1p-1)
    companion.turn()
    tail = V.fma(F.self, p, r * r, r)
    companion.turn()
    scale = exponent.shifted.powerOfTwo
  }

  /// e^y as one float.
  @inlinable @inline(__always)
  func value<F: FusedMultiplyAdd>(_: F.Type) -> V { V.fma(F.self, scale, tail, scale) }
}

/// e^y / (1 + e^y) for y ≤ 0 as a fraction. The denominator's rounding error is taken out of the
/// numerator, which halves the error and keeps σ and tanh monotone.
@usableFromInline
struct LogisticFraction<V: LaneGroup> {
  @usableFromInline let numerator: V
  @usableFromInline let denominator: V

  @inlinable @inline(__always)
  init(numerator: V, denominator: V) {
    self.numerator = numerator
    self.denominator = denominator
  }

  @inlinable @inline(__always)
  init<F: FusedMultiplyAdd, C: Companion>(
    _: F.Type, of exponent: Exponent<V>, beside companion: inout C
  ) {
    let exponential = Exponential(F.self, exponent, beside: &companion)
    let one = V(repeating: 1)
    let power = exponential.value(F.self)
    companion.turn()
    denominator = one + power
    let lost = power - (denominator - one)
    numerator = V.fma(F.self, exponential.scale, exponential.tail - lost, exponential.scale)
    companion.turn()
  }
}

/// 1 / (1 + e^-x), within 2 ulp, monotone, in 0…1; below -87.33654 it is 2^-126. In parts, so that
/// several activations can have their fractions side by side.
@usableFromInline
struct Sigmoid<V: LaneGroup> {
  @usableFromInline let x: V

  @inlinable @inline(__always)
  init(_ x: V) { self.x = x }

  @inlinable @inline(__always)
  func exponent<F: FusedMultiplyAdd>(_: F.Type) -> Exponent<V> {
    Exponent(F.self, of: x.negative.lowered(to: -leastMagnitude))
  }

  @inlinable @inline(__always)
  func value(_ fraction: LogisticFraction<V>) -> V {
    fraction.numerator.orOne(where: x) / fraction.denominator
  }
}

/// tanh x, within 2 ulp, odd, monotone, in -1…1.
@usableFromInline
struct HyperbolicTangent<V: LaneGroup> {
  @usableFromInline let x: V
  /// -|x|, no closer to 0 than `leastMagnitude`.
  @usableFromInline let b: V

  @inlinable @inline(__always)
  init(_ x: V) {
    self.x = x
    b = x.negative.lowered(to: -leastMagnitude)
  }

  @inlinable @inline(__always)
  init(x: V, b: V) {
    self.x = x
    self.b = b
  }

  @inlinable @inline(__always)
  func exponent<F: FusedMultiplyAdd>(_: F.Type) -> Exponent<V> { Exponent(F.self, ofTwice: b) }

  @inlinable @inline(__always)
  func value<F: FusedMultiplyAdd>(_: F.Type, _ fraction: LogisticFraction<V>) -> V {
    // From |x| = 0.7 on, 1 - 2 σ(2b). There the difference costs no accuracy.
    let half = fraction.denominator * V(repeating: 0.5)
    let large = V(repeating: 1) - fraction.numerator / half
    // Below, x + x³ p(x²): minimax (Tests/Activations/fit_coefficients.py).
    let square = b * b
    var p = V.fma(F.self, V(repeating: -0x1.50c476p-8), square, 0x1.492fd6p-6)
    p = V.fma(F.self, p, square, -0x1.b6c112p-5)
    p = V.fma(F.self, p, square, 0x1.10faeep-3)
    p = V.fma(F.self, p, square, -0x1.5554f6p-2)
    let small = V.fma(F.self, p * square, x, x)
    return large.signed(as: x).chosen(where: b, isBelow: -0.7, else: small)
  }
}

@inlinable @inline(__always)
public func sigmoid<F: FusedMultiplyAdd, V: LaneGroup>(_: F.Type, _ x: V) -> V {
  let sigmoid = Sigmoid(x)
  var companion = NoCompanion()
  return sigmoid.value(
    LogisticFraction(F.self, of: sigmoid.exponent(F.self), beside: &companion))
}

@inlinable @inline(__always)
public func hyperbolicTangent<F: FusedMultiplyAdd, V: LaneGroup>(_: F.Type, _ x: V) -> V {
  let tangent = HyperbolicTangent(x)
  var companion = NoCompanion()
  return tangent.value(
    F.self, LogisticFraction(F.self, of: tangent.exponent(F.self), beside: &companion))
}

/// e^x for x ≤ 0, and 1 beyond.
@inlinable @inline(__always)
func exponential<F: FusedMultiplyAdd, V: LaneGroup>(_: F.Type, _ x: V) -> V {
  var companion = NoCompanion()
  return Exponential(F.self, Exponent(F.self, of: x), beside: &companion).value(F.self)
    .chosen(where: x, isBelow: 0, else: V(repeating: 1))
}
