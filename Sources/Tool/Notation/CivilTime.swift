// SPDX-License-Identifier: MIT

/// Unix time as a date and a time of day in UTC, in the Gregorian calendar.
///
/// Years begin in March here, so that a leap day is the last day of its year; the calendar repeats
/// after 400 years, which have 146,097 days. All divisions round down, so that dates before 1970 are
/// right too.
public struct CivilTime: Equatable, Sendable {
  public let year: Int
  /// 1 to 12.
  public let month: Int
  /// 1 to 31.
  public let day: Int
  /// Of the day.
  public let second: Int
  /// 0 is Sunday.
  public let weekday: Int

  public static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
  static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  /// From 1 March of the year 0 to 1 January 1970.
  private static let daysTo1970 = 719_468

  /// - Parameter seconds: since 1970
  public init(_ seconds: Int) {
    let days = Self.floor(seconds, 86400)
    second = seconds - days * 86400
    weekday = days + 4 - Self.floor(days + 4, 7) * 7
    let fromMarch0 = days + Self.daysTo1970
    let era = Self.floor(fromMarch0, 146_097)
    let dayOfEra = fromMarch0 - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let fromMarch = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * fromMarch + 2) / 5 + 1
    month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// Days from 1970-01-01 to a date; a month beyond 12 is one of the years that follow.
  public static func days(year: Int, month: Int, day: Int) -> Int {
    let fromMarch0 = year * 12 + month - 3
    let years = floor(fromMarch0, 12)
    let dayOfYear = (153 * (fromMarch0 - years * 12) + 2) / 5 + day - 1
    return years * 365 + floor(years, 4) - floor(years, 100) + floor(years, 400) + dayOfYear
      - daysTo1970
  }

  public static func days(inMonth month: Int, of year: Int) -> Int {
    days(year: year, month: month + 1, day: 1) - days(year: year, month: month, day: 1)
  }

  private static func floor(_ number: Int, _ divisor: Int) -> Int {
    number / divisor - (number % divisor < 0 ? 1 : 0)
  }
}

extension CivilTime {
  private static func two(_ number: Int) -> String { (number < 10 ? "0" : "") + "\(number)" }

  /// 17:25
  public var minuteText: String { "\(Self.two(second / 3600)):\(Self.two(second / 60 % 60))" }
  /// 17:25:30
  public var secondText: String { "\(minuteText):\(Self.two(second % 60))" }
  /// Mon 16 Dec 2013
  public var dayText: String { "\(Self.weekdays[weekday]) \(day) \(monthText)" }
  /// Dec 2013
  public var monthText: String { "\(Self.months[month - 1]) \(year)" }
  /// 2013-12-16 17:25:30
  public var text: String { "\(year)-\(Self.two(month))-\(Self.two(day)) \(secondText)" }
}
