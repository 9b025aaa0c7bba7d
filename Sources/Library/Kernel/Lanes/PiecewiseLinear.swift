// SPDX-License-Identifier: MIT
//
// Functions made of straight lines, and hardswish, which is x times one. Small x count as 0 where
// they are multiplied.

/// x where it isn't negative, else `slope` x: `nn.LeakyReLU`, `nn.PReLU`.
@inlinable @inline(__always)
func leakyRelu<V: LaneGroup>(_ x: V, slope: V) -> V {
  x.selected(where: x, isAtLeast: 0, else: x.flushed(below: Least.value) * slope)
}

/// `alpha` x + `beta`, in 0…1: `nn.Hardsigmoid` with 1/6 and 1/2.
@inlinable @inline(__always)
func hardSigmoid<F: FusedMultiplyAdd, V: LaneGroup>(
  _: F.Type, _ x: V, alpha: Float, beta: Float
) -> V {
  V.fma(F.self, x.flushed(below: Least.value), V(repeating: alpha), beta).maximum(0).minimum(1)
}

/// x, in `least`…`most`: `nn.Hardtanh`.
@inlinable @inline(__always)
func hardtanh<V: LaneGroup>(_ x: V, least: Float, most: Float) -> V {
  x.maximum(least).minimum(most)
}

/// x (x + 3) / 6, where (x + 3) / 6 is in 0…1: `nn.Hardswish`.
@inlinable @inline(__always)
func hardswish<V: LaneGroup>(_ x: V) -> V {
  let part = (x + V(repeating: 3)).maximum(0).minimum(6) / V(repeating: 6)
  return x.flushed(below: Least.value) * part
}
