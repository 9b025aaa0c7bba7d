// SPDX-License-Identifier: MIT

import LeatNotation

/// Reads points in time.
public enum Timestamp {
  /// Unix seconds of a text. In the format `iso` it is a decimal number of seconds, milliseconds,
  /// microseconds or nanoseconds; or YYYY-MM-DD, also with slashes; or this, a T or a space, HH:MM,
  /// then optionally :SS, a fraction, and Z, +hh:mm or -hh:mm; or such a date and time without
  /// hyphens and colons. Without a time of day it is midnight, and without a zone UTC.
  ///
  /// - Parameter point: the decimal sign of numbers
  /// - Returns: nil when the text isn't such a time, or the calendar has no such day
  public static func read(
    _ text: UnsafeBufferPointer<UInt8>, as format: TimeFormat = .iso,
    point: UInt8 = UInt8(ascii: ".")
  ) -> Double? {
    var scanner = unsafe TimeScanner(text)
    if let time = scanner.dateAndTime(format) { return time }
    guard format == .iso, let scanned = unsafe ScannedDecimal(text, point: point) else {
      return nil
    }
    // A Double is exact to the microsecond; a Float isn't.
    if let time = scanned.exactDouble { return seconds(time) }
    var number = unsafe String(decoding: text, as: UTF8.self)
    if point != UInt8(ascii: ".") {
      number = String(number.map { $0 == Character(UnicodeScalar(point)) ? "." : $0 })
    }
    return Double(number).flatMap { $0.isFinite ? seconds($0) : nil }
  }

  /// Unix seconds of a date's midnight.
  static func date(_ text: UnsafeBufferPointer<UInt8>, as format: TimeFormat) -> Double? {
    var scanner = unsafe TimeScanner(text)
    guard let date = scanner.date(format), scanner.isAtEnd else { return nil }
    return date.seconds
  }

  /// Seconds since midnight UTC.
  static func timeOfDay(_ text: UnsafeBufferPointer<UInt8>, as format: TimeFormat) -> Double? {
    var scanner = unsafe TimeScanner(text)
    return scanner.timeOfDay(format)
  }

  /// The seconds of a Unix time whose magnitude tells its unit: seconds below 10^11, milliseconds
  /// below 10^14, microseconds below 10^17, else nanoseconds. In each of the four units, all dates
  /// from 1974 to 5137 are in that unit's range.
  static func seconds(_ time: Double) -> Double {
    switch time.magnitude {
    case ..<1e11: time
    case ..<1e14: time / 1e3
    case ..<1e17: time / 1e6
    default: time / 1e9
    }
  }

  // MARK: Messages

  /// Unix seconds for messages. Small numbers are seconds since the beginning of a recording.
  static func text(_ time: Double) -> String {
    guard (1e8..<1e13).contains(time.magnitude) else { return count(time) }
    let whole = time.rounded(.down)
    let fraction = count(time - whole).dropFirst()
    return CivilTime(Int(whole)).text + (fraction.hasPrefix(".") ? fraction : "")
  }

  /// A number of seconds, to the microsecond.
  static func count(_ seconds: Double) -> String {
    let text = "\((seconds * 1e6).rounded() / 1e6)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
