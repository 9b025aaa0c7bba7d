// SPDX-License-Identifier: MIT

/// log(1 + e^z) / `beta`, z = `beta` x; x where z is greater than `threshold`: `nn.Softplus`. beta is
/// from 2^-40 to 2^40. With z = ln 2 as the bound, the argument of the logarithm is always from -1/4
/// to 1/2, and nothing cancels:
///
/// - z ≥ ln 2: z + log(1 + e^-z);
/// - z ≤ -ln 2: log(1 + e^z);
/// - between: log 2 + log(1 + (e^z - 1) / 2).
@inlinable @inline(__always)
func softplus<F: FusedMultiplyAdd, V: LaneGroup>(
  _: F.Type, _ x: V, beta: Float, threshold: Float
) -> V {
  let factor = V(repeating: beta)
  let small = x.flushed(below: Least.value)
  let z = small * factor
  let size = z.magnitude
  // What the product lost, which e^z would multiply by z.
  let rest = V.fma(F.self, small, factor, z.negated)
    .flushed(where: size.negated, isBelow: -decayLimit)
  let y = z.selected(where: z, isAtLeast: ln2, else: z.negated).minimum(decayLimit)
  let yRest = rest.selected(where: z, isAtLeast: ln2, else: rest.negated)
  let decay = Decay(F.self, of: y, rest: yRest)
  let half = decay.minusOne(F.self) * V(repeating: 0.5)
  let f = decay.value(F.self).selected(where: size, isAtLeast: ln2, else: half)
  let ofTwo = V(repeating: 0).selected(where: size, isAtLeast: ln2, else: V(repeating: ln2))
  let square = V.fma(F.self, f, f, 0x1p-80)  // the addend keeps it from underflow
  let sum = (ofTwo + logOnePlus(F.self, f, square: square)) / factor
  // Where the first formula begins, it isn't less than the last one ends.
  let result = (x + sum).maximum(log3 / beta).selected(where: z, isAtLeast: ln2, else: sum)
  return result.selected(where: z.negated, isAtLeast: -threshold, else: x)
}

/// log 2 + log(1 + 1/2), as it is computed.
@usableFromInline var log3: Float { @inlinable @inline(__always) get { 0x1.193ea8p0 } }
