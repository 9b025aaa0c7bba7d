// SPDX-License-Identifier: MIT

/// The shortest decimal digits that read back to a float32, and of those the nearest to it, found
/// by the algorithm of Raffaele Giulietti's "The Schubfach way to render doubles".
@safe struct ShortestDigits {
  /// digits · 10^exponent; the digits may end in zeros.
  typealias Decimal = (digits: UInt32, exponent: Int)

  /// Made once and never freed: an array would be retained and released with every number.
  nonisolated(unsafe) private static let table = {
    let count = PowersOfTen.greatest - PowersOfTen.least + 1
    let table = UnsafeMutablePointer<UInt64>.allocate(capacity: count)
    for index in 0..<count {
      unsafe table[index] = PowersOfTen.significand(exponent: PowersOfTen.least + index)
    }
    return unsafe table
  }()

  private let powers = unsafe UnsafePointer(table)

  /// - Parameter value: finite, and not 0
  @inline(__always)
  func decimal(of value: Float) -> Decimal {
    let fraction = value.bitPattern & 0x7f_ffff
    let biased = Int(value.bitPattern >> 23 & 0xff)
    let (c, q) =
      biased == 0 ? (fraction, -149) : (fraction | 0x80_0000, biased - 150)
    if q <= 0 && q > -24 && c.trailingZeroBitCount >= -q { return (c >> UInt32(-q), 0) }

    // All between the two points halfway to the value's neighbours reads back to the value. They
    // are counted in quarters of a unit of c. When c is even, ties go to it, so the points do as
    // well.
    let lowerIsCloser = fraction == 0 && biased > 1
    let odd = c & 1
    let k = (q * 1_262_611 - (lowerIsCloser ? 524_031 : 0)) >> 22
    let shift = UInt32(truncatingIfNeeded: q + ((-k * 1_741_647) >> 19) + 1)
    let power = unsafe powers[-k - PowersOfTen.least]
    let lower = roundedToOdd(power, (4 * c - (lowerIsCloser ? 1 : 2)) << shift) + odd
    let middle = roundedToOdd(power, (4 * c) << shift)
    let upper = roundedToOdd(power, (4 * c + 2) << shift) - odd

    let s = middle / 4
    if s >= 10 {
      // One digit less, if exactly one of the two candidates is inside.
      let tens = s / 10
      let belowIsInside = lower <= 40 * tens
      let aboveIsInside = 40 * tens + 40 <= upper
      if belowIsInside != aboveIsInside { return (tens + (aboveIsInside ? 1 : 0), k + 1) }
    }
    let belowIsInside = lower <= 4 * s
    let aboveIsInside = 4 * s + 4 <= upper
    if belowIsInside != aboveIsInside { return (s + (aboveIsInside ? 1 : 0), k) }
    let half = 4 * s + 2
    let roundsUp = middle > half || (middle == half && s & 1 == 1)
    return (s + (roundsUp ? 1 : 0), k)
  }

  /// The product's bits from 2^64 on; the last is set if any lower bit is.
  @inline(__always)
  private func roundedToOdd(_ power: UInt64, _ factor: UInt32) -> UInt32 {
    let (high, low) = power.multipliedFullWidth(by: UInt64(factor))
    return UInt32(truncatingIfNeeded: high) | (low >> 32 > 1 ? 1 : 0)
  }
}
