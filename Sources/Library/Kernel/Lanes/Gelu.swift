// SPDX-License-Identifier: MIT
//
// x Φ(x), Φ the distribution function of the normal distribution: `nn.GELU`. Near 0 Φ is 1/2 and an
// odd polynomial. Further away Φ(-a) is e^(-a²/2) E(a), E the ratio of two polynomials, and what is
// taken from x where x is positive is small. Tests/Activations/fit_coefficients.py finds the
// coefficients.

@inlinable @inline(__always)
func gelu<F: FusedMultiplyAdd, V: LaneGroup>(_: F.Type, _ x: V) -> V {
  let near = x.flushed(below: Least.value).maximum(-geluNear).minimum(geluNear)
  return geluAway(F.self, x).selected(
    where: x.magnitude, isAtLeast: geluNear, else: geluAtZero(F.self, near))
}

/// Nearer to 0 it is the polynomial.
@usableFromInline var geluNear: Float { @inlinable @inline(__always) get { 1 } }

/// Where x is less, gelu is 0: about 2^-60.
@usableFromInline var geluLimit: Float { @inlinable @inline(__always) get { -9.1 } }

/// For x from -1 to 1.
@inlinable @inline(__always)
func geluAtZero<F: FusedMultiplyAdd, V: LaneGroup>(_: F.Type, _ x: V) -> V {
  let square = x * x
  var slope = V.fma(F.self, V(repeating: -0x1.12333p-17), square, 0x1.e2720cp-14)
  slope = V.fma(F.self, slope, square, -0x1.376eeep-10)
  slope = V.fma(F.self, slope, square, 0x1.46d55ap-7)
  slope = V.fma(F.self, slope, square, -0x1.105862p-4)
  slope = V.fma(F.self, slope, square, 0x1.988454p-2)
  return x * V.fma(F.self, x, slope, 0.5)
}

/// For other x: max(x, 0) - a Φ(-a), a = |x|.
@inlinable @inline(__always)
func geluAway<F: FusedMultiplyAdd, V: LaneGroup>(_: F.Type, _ x: V) -> V {
  let a = x.magnitude.maximum(geluNear).minimum(-geluLimit)
  let square = a * a
  let rest = V.fma(F.self, a, a, square.negated)
  let decay = Decay(F.self, of: square * V(repeating: 0.5), rest: rest * V(repeating: 0.5))
  var top = V.fma(F.self, V(repeating: 0x1.d1305ap-9), a, 0x1.2cf696p-5)
  top = V.fma(F.self, top, a, 0x1.5f519cp-3)
  top = V.fma(F.self, top, a, 0x1.b062fap-2)
  top = V.fma(F.self, top, a, 0.5)
  var bottom = V.fma(F.self, V(repeating: 0x1.2380e4p-7), a, 0x1.7941dap-4)
  bottom = V.fma(F.self, bottom, a, 0x1.c127b2p-2)
  bottom = V.fma(F.self, bottom, a, 0x1.274d24p0)
  bottom = V.fma(F.self, bottom, a, 0x1.a473a8p0)
  bottom = V.fma(F.self, bottom, a, 1)
  let share = decay.scale * V.fma(F.self, decay.tail.negated, top, top) / bottom
  return V.fma(F.self, a.negated, share, x.maximum(0)).flushed(where: x, isBelow: geluLimit)
}
