// SPDX-License-Identifier: MIT

enum PowersOfTen {
  /// The powers that a Double holds exactly, from 10^0.
  static let exact: InlineArray<23, Double> = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]

  /// The least and the greatest power that ShortestDigits scales a float32 by.
  static let least = -31
  static let greatest = 45

  /// The first 64 bits of 10^exponent, rounded up.
  static func significand(exponent: Int) -> UInt64 {
    // 10^n is 5^n and a shift; 5^45 has 105 bits.
    var power: UInt128 = 1
    for _ in 0..<exponent.magnitude { power *= 5 }
    if exponent >= 0 {
      let excess = 64 - power.leadingZeroBitCount
      guard excess > 0 else { return UInt64(power << UInt128(-excess)) }
      let dropped = power & ((1 << UInt128(excess)) - 1)
      return UInt64(power >> UInt128(excess)) + (dropped == 0 ? 0 : 1)
    }
    // 1 / 5^n, bit by bit from the first 1. The division always leaves a remainder.
    var (quotient, remainder): (UInt64, UInt128) = (0, 1)
    while quotient.leadingZeroBitCount > 0 {
      remainder <<= 1
      quotient <<= 1
      if remainder >= power { (quotient, remainder) = (quotient | 1, remainder - power) }
    }
    return quotient + 1
  }
}
