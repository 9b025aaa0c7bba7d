// SPDX-License-Identifier: MIT

/// x / (1 + |x|): `nn.Softsign`. As 1 / (1 + 1 / |x|) it is monotone, since each of its operations
/// is; the quotient of x and 1 + |x| isn't.
@inlinable @inline(__always)
func softsign<V: LaneGroup>(_ x: V) -> V {
  let one = V(repeating: 1)
  // Beyond these bounds the result is x, or 1.
  let size = x.magnitude.maximum(Least.value).minimum(0x1p60)
  return (one / (one + one / size)).copyingSign(of: x)
    .selected(where: x.magnitude, isAtLeast: Least.value, else: x)
}
