// SPDX-License-Identifier: MIT

/// How the numbers of one axis are written: short numbers in full, thousands to trillions with a
/// letter, and all others with an exponent.
struct AxisNotation {
  private let shift: Int
  private let suffix: String

  /// - Parameter magnitude: that of the largest number of the axis
  init(magnitude: Int) {
    switch magnitude {
    case -3...3: (shift, suffix) = (0, "")
    case 4...14:
      shift = magnitude / 3 * 3
      suffix = "\u{2009}" + ["k", "M", "G", "T"][magnitude / 3 - 1]
    default: (shift, suffix) = (magnitude, "e\(magnitude)")
    }
  }

  func text(_ number: Decimal) -> String {
    number.digits == 0 ? "0" : number.text(shift: shift) + suffix
  }

  /// One number by itself, in at most so many digits.
  static func text(_ value: Float, significant: Int = 3) -> String {
    let number = Decimal(Double(value), significant: significant)
    return AxisNotation(magnitude: number.magnitude).text(number)
  }
}
