// SPDX-License-Identifier: MIT
//
// log(1 + f) and log, for softplus and log_softmax.

/// log(1 + f) for f from -1/4 to 1/2 and its square, by
/// f + f² (c0 + c1 f + c2 f² + … + c8 f⁸). Tests/Activations/fit_coefficients.py finds the
/// coefficients.
@inlinable @inline(__always)
func logOnePlus<F: FusedMultiplyAdd, V: LaneGroup>(_: F.Type, _ f: V, square: V) -> V {
  let c01 = V.fma(F.self, V(repeating: 0x1.5555a4p-2), f, -0x1p-1)
  let c23 = V.fma(F.self, V(repeating: 0x1.99697ap-3), f, -0x1.000046p-2)
  let c45 = V.fma(F.self, V(repeating: 0x1.2883bep-3), f, -0x1.54ee28p-3)
  let c67 = V.fma(F.self, V(repeating: 0x1.acd714p-4), f, -0x1.0d994p-3)
  var sum = V.fma(F.self, V(repeating: -0x1.71a1d4p-5), square, c67)
  sum = V.fma(F.self, sum, square, c45)
  sum = V.fma(F.self, sum, square, c23)
  sum = V.fma(F.self, sum, square, c01)
  return V.fma(F.self, sum, square, f)
}

/// ln 2 as a float.
@usableFromInline var ln2: Float { @inlinable @inline(__always) get { 0x1.62e430p-1 } }

/// log x for a normal x of at least 3/4: x = 2^k (1 + f), f from -1/4 to 1/2.
@inlinable @inline(__always)
func log<F: FusedMultiplyAdd>(_: F.Type, _ x: Float) -> Float {
  let k = (x.bitPattern &- 0x3f40_0000) &>> 23  // 0x3f400000 is 3/4
  let f = Float(bitPattern: x.bitPattern &- (k &<< 23)) - 1
  let ofRest = logOnePlus(
    F.self, LaneSingle(repeating: f), square: LaneSingle(repeating: f * f))
  let sum = LaneSingle.fma(
    F.self, LaneSingle(repeating: Float(k)), LaneSingle(repeating: ln2), ofRest)
  return sum.lanes.lowHalf.lowHalf.x
}
