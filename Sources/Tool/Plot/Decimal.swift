// SPDX-License-Identifier: MIT

/// A number as `digits` · 10^`exponent`: what is shown is exact, no rounding of binary fractions.
struct Decimal {
  var digits: Int
  var exponent: Int

  /// Rounded to so many digits.
  init(_ value: Double, significant: Int) {
    // Powers of ten of the smallest numbers are no numbers themselves.
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

  /// Of its first digit.
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

  /// n, where 10^n is the largest that is not above the value.
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

/// How the numbers of one axis are written: plainly where that is short; thousands, millions and so
/// on with their letter; what is smaller or larger with an exponent.
struct Notation {
  private let shift: Int
  private let suffix: String

  /// - Parameter magnitude: of the largest number of the axis
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
    return Notation(magnitude: number.magnitude).text(number)
  }
}
