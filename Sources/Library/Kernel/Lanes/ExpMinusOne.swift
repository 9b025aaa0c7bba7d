// SPDX-License-Identifier: MIT
//
// e^-y as the functions after σ, tanh and exp take it (see SigmoidAndTanh.swift), and e^x - 1
// without the cancellation of subtracting 1, for elu.

extension Decay {
  /// Of y, from -`decayLimit` to `decayLimit`, with the coefficients of exp.
  @inlinable @inline(__always)
  init<F: FusedMultiplyAdd>(_: F.Type, of y: V) {
    var work = NoWork()
    let k = DecayCoefficients<V>.exp
    let reduction = Reduction(F.self, of: y, passed: y, k, beside: &work).exact(F.self)
    self.init(F.self, reduction, k, beside: &work)
  }

  /// Of y + `rest`, where y is a rounded number and `rest` what it lacks.
  @inlinable @inline(__always)
  init<F: FusedMultiplyAdd>(_: F.Type, of y: V, rest: V) {
    var work = NoWork()
    let k = DecayCoefficients<V>.exp
    let reduction = Reduction(F.self, of: y, passed: y, k, beside: &work)
    let r = reduction.r + V.fma(F.self, reduction.n, V(repeating: ln2Rest), rest)
    self.init(
      F.self, Reduction(n: reduction.n, r: r, scale: reduction.scale), k, beside: &work)
  }

  /// e^-y - 1
  @inlinable @inline(__always)
  func minusOne<F: FusedMultiplyAdd>(_: F.Type) -> V {
    V.fma(F.self, scale.negated, tail, scale - V(repeating: 1))
  }
}

/// x where it isn't negative, else `alpha` (e^x - 1): `nn.ELU`.
@inlinable @inline(__always)
func elu<F: FusedMultiplyAdd, V: LaneGroup>(_: F.Type, _ x: V, alpha: Float) -> V {
  let size = x.magnitude
  let decay = Decay(F.self, of: size.minimum(decayLimit))
  let fall = decay.minusOne(F.self).flushed(where: size, isBelow: Least.value)
  return x.selected(where: x, isAtLeast: 0, else: fall * V(repeating: alpha))
}
