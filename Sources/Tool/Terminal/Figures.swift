// SPDX-License-Identifier: MIT

/// Numbers as people read them.
enum Figures {
  /// 1234567 as 1,234,567.
  static func grouped(_ number: some BinaryInteger) -> String {
    let digits = String(number.magnitude)
    var result = number < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0 && (digits.count - index) % 3 == 0 { result += "," }
      result.append(digit)
    }
    return result
  }

  /// Bytes in the largest unit that leaves a number of at least 1, of 1,024.
  static func bytes(_ count: UInt64) -> String {
    guard count >= 1024 else { return "\(count) B" }
    var (value, unit) = (Double(count) / 1024, 0)
    while value >= 1023.95 && unit < 4 { (value, unit) = (value / 1024, unit + 1) }
    return "\(decimal(value, places: 1)) \(["KiB", "MiB", "GiB", "TiB", "PiB"][unit])"
  }

  /// So many places behind the point.
  static func decimal(_ value: Double, places: Int) -> String {
    guard value.isFinite, value.magnitude < 1e15 else { return "\(value)" }
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    let scaled = (value.magnitude * scale).rounded(.toNearestOrEven)
    let (whole, rest) = UInt64(scaled).quotientAndRemainder(dividingBy: UInt64(scale))
    let fraction = String(rest)
    let zeros = String(repeating: "0", count: max(0, places - fraction.count))
    return (value < 0 && scaled > 0 ? "-" : "") + "\(whole)"
      + (places > 0 ? ".\(zeros)\(fraction)" : "")
  }

  /// A span of time, in two units: 3 d 4 h, 5 min 12 s, 0.3 s.
  static func duration(seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e18 else { return "-" }
    if seconds < 10 { return "\(decimal(max(0, seconds), places: 1)) s" }
    let whole = Int(seconds.rounded())
    switch whole {
    case ..<60: return "\(whole) s"
    case ..<3600: return "\(whole / 60) min \(whole % 60) s"
    case ..<86400: return "\(whole / 3600) h \(whole % 3600 / 60) min"
    default: return "\(grouped(whole / 86400)) d \(whole % 86400 / 3600) h"
    }
  }

  /// Unix time in milliseconds as 2026-03-01 14:05:09 UTC.
  static func utc(milliseconds: Int64) -> String {
    let seconds = Int(milliseconds.dividedDown(by: 1000))
    let days = seconds.dividedDown(by: 86400)
    let time = seconds - days * 86400
    // Days since 1 March of the year 0, in eras of 400 years; years begin in March here, so that
    // the leap day is the last.
    let day = days + 719_468
    let era = day.dividedDown(by: 146_097)
    let ofEra = day - era * 146_097
    let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36524 - ofEra / 146_096) / 365
    let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let fromMarch = (5 * ofYear + 2) / 153
    let dayOfMonth = ofYear - (153 * fromMarch + 2) / 5 + 1
    let month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
    let year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
    let two = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
    return "\(year)-\(two(month))-\(two(dayOfMonth)) "
      + "\(two(time / 3600)):\(two(time / 60 % 60)):\(two(time % 60)) UTC"
  }

  /// Three digits: 1.23e-05, for what is there to be compared.
  static func scientific(_ value: Double) -> String {
    guard value != 0 else { return "0" }
    guard value.isFinite else { return "\(value)" }
    var (mantissa, exponent) = (value.magnitude, 0)
    while mantissa >= 9.995 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
    while mantissa < 0.9995 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
    return "\(value < 0 ? "-" : "")\(decimal(mantissa, places: 2))e\(exponent)"
  }

  /// Bytes as hexadecimal digits.
  static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

extension FixedWidthInteger {
  /// Divided, and rounded down.
  fileprivate func dividedDown(by divisor: Self) -> Self {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
