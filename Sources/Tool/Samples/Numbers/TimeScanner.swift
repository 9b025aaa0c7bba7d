// SPDX-License-Identifier: MIT

import LeatNotation

/// A cursor in the text of a time.
@safe struct TimeScanner {
  private let text: UnsafeBufferPointer<UInt8>
  private var index = 0

  init(_ text: UnsafeBufferPointer<UInt8>) { unsafe self.text = text }

  var isAtEnd: Bool { unsafe index == text.count }

  /// Unix seconds of a date, and a time of day if there is one; nil unless the text is all of it.
  mutating func dateAndTime(_ format: TimeFormat) -> Double? {
    guard let date = date(format) else { return nil }
    if isAtEnd {
      // Only digits are a Unix time, unless the user says otherwise.
      return date.isNumber && format == .iso ? nil : date.seconds
    }
    guard skip("T") || skip("t") || skip(" ") || (date.isNumber && format == .ymd),
      let time = timeOfDay(format)
    else { return nil }
    return date.seconds + time
  }

  // MARK: Dates

  /// Unix seconds of the date's midnight, and whether it has only digits.
  mutating func date(_ format: TimeFormat) -> (seconds: Double, isNumber: Bool)? {
    switch format {
    case .iso, .ymd: return yearFirst(format)
    case .dmy, .mdy:
      guard let first = number(upTo: 2), let separator = dateSeparator(orPoint: true),
        let second = number(upTo: 2), dateSeparator(orPoint: true) == separator,
        let year = number(digits: 4)
      else { return nil }
      let (day, month) = format == .dmy ? (first, second) : (second, first)
      return seconds(year, month, day).map { ($0, false) }
    }
  }

  @inline(__always)
  private mutating func yearFirst(_ format: TimeFormat) -> (seconds: Double, isNumber: Bool)? {
    guard mayBeYearFirst || format == .ymd, let year = number(digits: 4) else { return nil }
    let separator = dateSeparator(orPoint: false)
    guard let month = number(digits: 2), dateSeparator(orPoint: false) == separator,
      let day = number(digits: 2)
    else { return nil }
    return seconds(year, month, day).map { ($0, separator == nil) }
  }

  /// False of most Unix times: a date has a separator, or it ends after eight digits.
  private var mayBeYearFirst: Bool {
    if unsafe text.count <= 8 { return true }
    let byte = unsafe text[4]
    if byte == UInt8(ascii: "-") || byte == UInt8(ascii: "/") { return true }
    return unsafe text[8] | 0x20 == UInt8(ascii: "t") || text[8] == UInt8(ascii: " ")
  }

  @inline(__always)
  private mutating func dateSeparator(orPoint: Bool) -> UInt8? {
    guard !isAtEnd else { return nil }
    let byte = unsafe text[index]
    guard
      byte == UInt8(ascii: "-") || byte == UInt8(ascii: "/")
        || (orPoint && byte == UInt8(ascii: "."))
    else { return nil }
    index += 1
    return byte
  }

  /// - Returns: nil when the calendar has no such day
  private func seconds(_ year: Int, _ month: Int, _ day: Int) -> Double? {
    guard (1...12).contains(month), day >= 1,
      day <= 28 || day <= CivilTime.days(inMonth: month, of: year)
    else { return nil }
    return Double(CivilTime.days(year: year, month: month, day: day) * 86400)
  }

  // MARK: Times of day

  /// Seconds since midnight UTC, up to the text's end. Only ISO 8601 needs two digits for an hour.
  mutating func timeOfDay(_ format: TimeFormat) -> Double? {
    let hour = format == .iso ? number(digits: 2) : number(upTo: 2)
    guard let hour, hour < 24 else { return nil }
    let hasColons = skip(":")
    guard let minute = number(digits: 2), minute < 60 else { return nil }
    var seconds = 0.0
    if hasColons ? skip(":") : isDigit {
      // Second 60 is a leap second, which Unix time counts as the second after it.
      guard let whole = number(digits: 2), whole <= 60 else { return nil }
      seconds = Double(whole)
      if skip(".") || skip(",") {
        guard let fraction = fraction() else { return nil }
        seconds += fraction
      }
    }
    guard let offset = offset(), isAtEnd else { return nil }
    return Double(hour * 3600 + minute * 60 - offset) + seconds
  }

  /// Seconds east of UTC.
  private mutating func offset() -> Int? {
    if isAtEnd || skip("Z") || skip("z") { return 0 }
    let isWest = skip("-")
    guard isWest || skip("+"), let hours = number(digits: 2), hours < 24 else { return nil }
    var minutes = 0
    if !isAtEnd {
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

  // MARK: Characters

  private var isDigit: Bool {
    unsafe index < text.count && text[index] &- UInt8(ascii: "0") < 10
  }

  @inline(__always)
  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard unsafe index < text.count, unsafe text[index] == UInt8(ascii: character) else {
      return false
    }
    index += 1
    return true
  }

  @inline(__always)
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

  /// One digit, or as many as there are up to a number of them.
  private mutating func number(upTo most: Int) -> Int? {
    var digits = 0
    while digits < most, unsafe index + digits < text.count,
      unsafe text[index + digits] &- UInt8(ascii: "0") < 10
    {
      digits += 1
    }
    return digits == 0 ? nil : number(digits: digits)
  }
}
