// SPDX-License-Identifier: MIT

/// A date and a time of day in UTC, of the Gregorian calendar.
///
/// The arithmetic begins each year on 1 March, so that the leap day is the last day of a year.
/// 400 years have 146,097 days, and 719,468 days lie between 1 March of the year 0 and 1970.
struct CivilTime: Equatable {
  let year: Int
  /// 1 to 12.
  let month: Int
  /// 1 to 31.
  let day: Int
  /// 0 to 86,399, of the day.
  let second: Int
  /// 0 is Sunday.
  let weekday: Int

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
  private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]

  /// - Parameter seconds: from the beginning of 1970
  init(seconds: Int) {
    let days = Self.quotient(seconds, 86400)
    second = seconds - days * 86400
    weekday = days + 4 - Self.quotient(days + 4, 7) * 7
    let era = Self.quotient(days + 719_468, 146_097)
    let dayOfEra = days + 719_468 - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
  }

  /// Days from 1 January 1970 to a date. Month 13 is January of the next year, and so on.
  static func days(year: Int, month: Int, day: Int) -> Int {
    let months = year * 12 + month - 3
    let years = quotient(months, 12)
    return years * 365 + quotient(years, 4) - quotient(years, 100) + quotient(years, 400)
      + (153 * (months - years * 12) + 2) / 5 + day - 1 - 719_468
  }

  static func days(inMonth month: Int, of year: Int) -> Int {
    days(year: year, month: month + 1, day: 1) - days(year: year, month: month, day: 1)
  }

  /// Rounded down, below 0 too.
  private static func quotient(_ number: Int, _ divisor: Int) -> Int {
    number / divisor - (number % divisor < 0 ? 1 : 0)
  }

  private static func twoDigits(_ number: Int) -> String {
    (number < 10 ? "0" : "") + "\(number)"
  }

  /// 17:25
  var minuteText: String {
    "\(Self.twoDigits(second / 3600)):\(Self.twoDigits(second / 60 % 60))"
  }
  /// 17:25:30
  var secondText: String { "\(minuteText):\(Self.twoDigits(second % 60))" }
  /// Mon 16 Dec 2013
  var dayText: String { "\(Self.weekdays[weekday]) \(day) \(monthText) \(year)" }
  /// Dec
  var monthText: String { Self.months[month - 1] }
  /// 2013-12-16 17:25:30
  var text: String { "\(year)-\(Self.twoDigits(month))-\(Self.twoDigits(day)) \(secondText)" }
}
