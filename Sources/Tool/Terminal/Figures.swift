// SPDX-License-Identifier: MIT

import LeatNotation

/// Numbers and times as people read them.
enum Figures {
  /// 1234567 as 1,234,567.
  static func grouped(_ number: some BinaryInteger) -> String { number.grouped() }

  /// Bytes in the largest unit that gives a number of at least 1: KiB, MiB and so on.
  static func bytes(_ count: UInt64) -> String {
    guard count >= 1024 else { return "\(count) B" }
    var (value, unit) = (Double(count) / 1024, 0)
    while value >= 1023.95 && unit < 4 { (value, unit) = (value / 1024, unit + 1) }
    return "\(decimal(value, places: 1)) \(["KiB", "MiB", "GiB", "TiB", "PiB"][unit])"
  }

  /// A number with `places` digits after the point.
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

  /// A duration in two units: 3 d 4 h, 5 min 12 s, 0.3 s.
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
    let seconds = milliseconds / 1000 - (milliseconds % 1000 < 0 ? 1 : 0)
    return CivilTime(Int(seconds)).text + " UTC"
  }

  /// Three digits and an exponent, for numbers that are compared: 1.23e-5.
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
