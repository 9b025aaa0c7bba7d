// SPDX-License-Identifier: MIT
//
// x σ(x), and gelu_tanh, which is x σ(2u) with another u: both are x / (1 + e^-y). Far below 0 they
// are 0, before e^-y reaches its limit: σ doesn't go below 2^-60, and x may be large.

/// x σ(x): `nn.SiLU`.
@inlinable @inline(__always)
func silu<F: FusedMultiplyAdd, V: LaneGroup>(_: F.Type, _ x: V) -> V {
  let decay = Decay(F.self, of: x.sigmoidArgument)
  let result = x.flushed(below: Least.value) / decay.onePlus(F.self)
  return result.flushed(where: x, isBelow: -decayLimit)
}

/// x (1 + tanh u) / 2, u = √(2/π) (x + 0.044715 x³): `nn.GELU(approximate="tanh")`. 2u is x (a + b x²),
/// a = 2 √(2/π). Its roundings are computed, too, since e^-2u multiplies them by 2u.
@inlinable @inline(__always)
func geluTanh<F: FusedMultiplyAdd, V: LaneGroup>(_: F.Type, _ x: V) -> V {
  let small = x.flushed(below: Least.value)
  let c = small.maximum(-geluTanhLimit).minimum(geluTanhLimit)
  let (a, aRest) = (V(repeating: 0x1.988454p0), V(repeating: -0x1.857936p-25))
  let (b, bRest) = (V(repeating: 0x1.2444f2p-4), V(repeating: 0x1.49b16ap-29))
  let square = c * c
  let squareRest = V.fma(F.self, c, c, square.negated)
  let factor = V.fma(F.self, square, b, a)
  let factorRest =
    V.fma(F.self, squareRest, b, V.fma(F.self, square, b, a - factor))
    + V.fma(F.self, square, bRest, aRest)
  let y = c * factor
  let rest = V.fma(F.self, c, factorRest, V.fma(F.self, c, factor, y.negated))
  let decay = Decay(F.self, of: y, rest: rest)
  return (small / decay.onePlus(F.self)).flushed(where: x, isBelow: -geluTanhLimit)
}

/// Where 2u is 41.3.
@usableFromInline var geluTanhLimit: Float { @inlinable @inline(__always) get { 7.4375 } }
