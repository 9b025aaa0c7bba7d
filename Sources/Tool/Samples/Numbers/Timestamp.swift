// SPDX-License-Identifier: MIT

import LeatNotation

/// Reads points in time: Unix time, or ISO 8601.
public enum Timestamp {
  /// What `read` accepts, for messages.
  public static let expectation = "Unix time or YYYY-MM-DD HH:MM[:SS[.fff]][Z|+hh:mm]"

  /// Unix seconds of a text: a decimal number of seconds, milliseconds, microseconds or
  /// nanoseconds, or YYYY-MM-DD, a T or a space, HH:MM, then optionally :SS, a fraction, and Z,
  /// +hh:mm or -hh:mm. Without a zone it is UTC.
  ///
  /// - Returns: nil when the text isn't such a time, or the calendar has no such day
  public static func read(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
    var scanner = unsafe TimeScanner(text)
    if let time = scanner.calendarTime() { return time }
    guard unsafe ScannedDecimal(text) != nil else { return nil }
    // A Double is exact to the microsecond; a Float isn't.
    let time = unsafe Double(String(decoding: text, as: UTF8.self))
    return time.flatMap { $0.isFinite ? seconds($0) : nil }
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
}

/// A cursor in the text of a time.
@safe private struct TimeScanner {
  private let text: UnsafeBufferPointer<UInt8>
  private var index = 0

  init(_ text: UnsafeBufferPointer<UInt8>) { unsafe self.text = text }

  mutating func calendarTime() -> Double? {
    guard let year = number(digits: 4), skip("-"), let month = number(digits: 2), skip("-"),
      let day = number(digits: 2), (1...12).contains(month),
      (1...CivilTime.days(inMonth: month, of: year)).contains(day),
      skip("T") || skip("t") || skip(" "),
      let hour = number(digits: 2), hour < 24, skip(":"), let minute = number(digits: 2),
      minute < 60
    else { return nil }
    var seconds = 0.0
    if skip(":") {
      // Second 60 is a leap second, which Unix time counts as the second after it.
      guard let whole = number(digits: 2), whole <= 60 else { return nil }
      seconds = Double(whole)
      if skip(".") || skip(",") {
        guard let fraction = fraction() else { return nil }
        seconds += fraction
      }
    }
    guard let offset = offset(), unsafe index == text.count else { return nil }
    let days = CivilTime.days(year: year, month: month, day: day)
    return Double((days * 24 + hour) * 3600 + minute * 60 - offset) + seconds
  }

  /// Seconds east of UTC.
  private mutating func offset() -> Int? {
    if unsafe index == text.count || skip("Z") || skip("z") { return 0 }
    let isWest = skip("-")
    guard isWest || skip("+"), let hours = number(digits: 2), hours < 24 else { return nil }
    var minutes = 0
    if unsafe index < text.count {
      _ = skip(":")
      guard let number = number(digits: 2), number < 60 else { return nil }
      minutes = number
    }
    return (isWest ? -1 : 1) * (hours * 3600 + minutes * 60)
  }

  private mutating func fraction() -> Double? {
    var (value, scale) = (0.0, 1.0)
    let start = index
    while let digit = number(digits: 1) {
      if scale < 1e15 { (value, scale) = (value * 10 + Double(digit), scale * 10) }
    }
    return index > start ? value / scale : nil
  }

  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard unsafe index < text.count, unsafe text[index] == UInt8(ascii: character) else {
      return false
    }
    index += 1
    return true
  }

  private mutating func number(digits: Int) -> Int? {
    guard unsafe index + digits <= text.count else { return nil }
    var value = 0
    for position in index..<(index + digits) {
      let digit = unsafe text[position] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      value = value * 10 + Int(digit)
    }
    index += digits
    return value
  }
}
