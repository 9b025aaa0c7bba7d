// SPDX-License-Identifier: MIT

/// A number as `digits` · 10^`exponent`: labels have no rounding errors of binary fractions.
struct Decimal {
  var digits: Int
  var exponent: Int

  /// A value rounded to so many digits.
  init(_ value: Double, significant: Int) {
    // The power of ten of a smaller number is 0.
    guard value.magnitude > 1e-290, value.isFinite else {
      (digits, exponent) = (0, 0)
      return
    }
    exponent = Self.exponent(of: value) - significant + 1
    digits = Int((value / Self.power(exponent)).rounded())
    while digits.isMultiple(of: 10) { (digits, exponent) = (digits / 10, exponent + 1) }
  }

  init(digits: Int, exponent: Int) {
    self.digits = digits
    self.exponent = exponent
  }

  var value: Double {
    exponent < 0 ? Double(digits) / Self.power(-exponent) : Double(digits) * Self.power(exponent)
  }

  /// The exponent of its first digit.
  var magnitude: Int { digits == 0 ? 0 : exponent + String(digits.magnitude).count - 1 }

  /// With the point moved `shift` places to the left.
  func text(shift: Int = 0) -> String {
    let places = shift - exponent
    var text = String(digits.magnitude)
    if digits == 0 {
      text = "0"
    } else if places < 0 {
      text += String(repeating: "0", count: -places)
    } else if places > 0 {
      text = String(repeating: "0", count: max(0, places + 1 - text.count)) + text
      text = "\(text.dropLast(places)).\(text.suffix(places))"
    }
    return (digits < 0 ? "\u{2212}" : "") + text
  }

  /// The largest n with 10^n <= |value|.
  static func exponent(of value: Double) -> Int {
    var (rest, exponent) = (value.magnitude, 0)
    while rest >= 10 { (rest, exponent) = (rest / 10, exponent + 1) }
    while rest < 1 { (rest, exponent) = (rest * 10, exponent - 1) }
    return exponent
  }

  static func power(_ exponent: Int) -> Double {
    var result = 1.0
    for _ in 0..<exponent.magnitude { result *= 10 }
    return exponent < 0 ? 1 / result : result
  }
}
