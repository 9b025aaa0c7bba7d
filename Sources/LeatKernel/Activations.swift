// SPDX-License-Identifier: MIT
//
// σ, tanh and exp, so that every processor computes the same bits: libm's differ. Tests/C measures
// their error over every float; Documentation/Design.md tells how the forms were chosen.
//
// They are written for two panels at once. Their chains of operations are long, and two of them
// hide each other's waiting: a fifth of the time of a small step.

/// e^y for y ≤ 0 in parts: `scale` · (1 + `tail`), with `scale` a power of two.
@usableFromInline
struct Exponential {
  @usableFromInline let scale: LanePair
  @usableFromInline let tail: LanePair

  /// Below ln 2^-126 the result would be subnormal; there it is 2^-126.
  @usableFromInline static var lowest: Float { @inlinable @inline(__always) get { -87.33654 } }

  @inlinable @inline(__always)
  init<F: FusedMultiplyAdd>(_: F.Type, of argument: LanePair) {
    let lowest = LanePair(repeating: Exponential.lowest)
    let y = argument.replacing(with: lowest, where: argument .< lowest)
    // Adding 1.5 · 2^23 rounds to an integer n, which the sum's low bits then hold.
    let rounder = LanePair(repeating: 0x1.8p23)
    let shifted = F.fma(y, LanePair(repeating: 0x1.715476p0), rounder)  // log2 e
    let n = shifted - rounder
    // r = y - n ln 2, with ln 2 in two parts.
    var r = F.fma(n, LanePair(repeating: -0x1.62e4p-1), y)
    r = F.fma(n, LanePair(repeating: -0x1.7f7d1cp-20), r)
    // e^r - 1 = r + r² p(r) for |r| ≤ ln 2 / 2, relative error below 2^-33: minimax
    // (Tests/Activations/fit_coefficients.py).
    var p = LanePair(repeating: 0x1.9f08a2p-13)
    p = F.fma(p, r, LanePair(repeating: 0x1.6d8cf8p-10))
    p = F.fma(p, r, LanePair(repeating: 0x1.11127p-7))
    p = F.fma(p, r, LanePair(repeating: 0x1.55548ep-5))
    p = F.fma(p, r, LanePair(repeating: 0x1.555554p-3))
    p = F.fma(p, r, LanePair(repeating: 0x1p-1))
    tail = F.fma(p, r * r, r)
    let exponent = unsafe unsafeBitCast(shifted, to: SIMD16<Int32>.self) &<< 23
    scale = unsafe unsafeBitCast(
      exponent &+ unsafeBitCast(LanePair(repeating: 1), to: SIMD16<Int32>.self), to: LanePair.self)
  }

  /// e^y as one float.
  @inlinable @inline(__always)
  func value<F: FusedMultiplyAdd>(_: F.Type) -> LanePair { F.fma(scale, tail, scale) }
}

/// e^y / (1 + e^y) for y ≤ 0 as a fraction. The denominator's rounding error is taken out of the
/// numerator, which halves the error and keeps σ and tanh monotone.
@usableFromInline
struct LogisticFraction {
  @usableFromInline let numerator: LanePair
  @usableFromInline let denominator: LanePair

  @inlinable @inline(__always)
  init<F: FusedMultiplyAdd>(_: F.Type, of y: LanePair) {
    let exponential = Exponential(F.self, of: y)
    let one = LanePair(repeating: 1)
    let power = exponential.value(F.self)
    denominator = one + power
    let lost = power - (denominator - one)
    numerator = F.fma(exponential.scale, exponential.tail - lost, exponential.scale)
  }
}

@inlinable @inline(__always)
func magnitude(_ x: LanePair) -> LanePair {
  unsafe unsafeBitCast(unsafeBitCast(x, to: SIMD16<UInt32>.self) & 0x7fff_ffff, to: LanePair.self)
}

/// 1 / (1 + e^-x), within 2 ulp, monotone, in 0…1; below -87.33654 it is 2^-126.
@inlinable @inline(__always)
public func sigmoid<F: FusedMultiplyAdd>(_: F.Type, _ x: LanePair) -> LanePair {
  let fraction = LogisticFraction(F.self, of: -magnitude(x))
  let numerator = fraction.numerator.replacing(with: 1, where: x .>= 0)
  return numerator / fraction.denominator
}

/// tanh x, within 2 ulp, odd, monotone, in -1…1.
@inlinable @inline(__always)
public func hyperbolicTangent<F: FusedMultiplyAdd>(_: F.Type, _ x: LanePair) -> LanePair {
  let a = magnitude(x)
  // From 0.7 on, 1 - 2 σ(-2a). There the difference costs no accuracy.
  let fraction = LogisticFraction(F.self, of: a * -2)
  let large = 1 - (fraction.numerator + fraction.numerator) / fraction.denominator
  // Below, a + a³ p(a²): minimax (Tests/Activations/fit_coefficients.py).
  let square = a * a
  var p = LanePair(repeating: -0x1.50c476p-8)
  p = F.fma(p, square, LanePair(repeating: 0x1.492fd6p-6))
  p = F.fma(p, square, LanePair(repeating: -0x1.b6c112p-5))
  p = F.fma(p, square, LanePair(repeating: 0x1.10faeep-3))
  p = F.fma(p, square, LanePair(repeating: -0x1.5554f6p-2))
  let small = F.fma(p * square, a, a)
  let result = large.replacing(with: small, where: a .< 0.7)
  let sign = unsafe unsafeBitCast(x, to: SIMD16<UInt32>.self) & 0x8000_0000
  return unsafe unsafeBitCast(
    unsafeBitCast(result, to: SIMD16<UInt32>.self) | sign, to: LanePair.self)
}

// The same for one panel. The half that isn't wanted is not computed: the compiler splits every
// operation in two and drops those whose result nobody reads.

@inlinable @inline(__always)
func sigmoid<F: FusedMultiplyAdd>(_: F.Type, _ x: Lanes) -> Lanes {
  sigmoid(F.self, LanePair(lowHalf: x, highHalf: .zero)).lowHalf
}

@inlinable @inline(__always)
func hyperbolicTangent<F: FusedMultiplyAdd>(_: F.Type, _ x: Lanes) -> Lanes {
  hyperbolicTangent(F.self, LanePair(lowHalf: x, highHalf: .zero)).lowHalf
}

/// e^x for x ≤ 0, and 1 beyond.
@inlinable @inline(__always)
func exponential<F: FusedMultiplyAdd>(_: F.Type, _ x: Lanes) -> Lanes {
  let argument = x.replacing(with: 0, where: x .> 0)
  return Exponential(F.self, of: LanePair(lowHalf: argument, highHalf: .zero)).value(F.self).lowHalf
}
