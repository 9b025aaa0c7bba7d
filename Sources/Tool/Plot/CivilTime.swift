// SPDX-License-Identifier: MIT

/// Unix time as a date and a time of day in UTC, of the Gregorian calendar.
struct CivilTime: Equatable {
  var year: Int
  /// 1 to 12.
  var month: Int
  /// 1 to 31.
  var day: Int
  /// Of the day.
  var second: Int
  /// 0 is Sunday.
  var weekday: Int

  static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
  static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]

  /// - Parameter seconds: since 1970, of no more than some thousand years
  init(_ seconds: Int) {
    let days = (seconds - (seconds < 0 ? 86399 : 0)) / 86400
    second = seconds - days * 86400
    weekday = ((days + 4) % 7 + 7) % 7
    // Years begin in March here, so that the leap day is a year's last; eras are 400 years.
    let shifted = days + 719468
    let era = (shifted - (shifted < 0 ? 146096 : 0)) / 146097
    let dayOfEra = shifted - era * 146097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let march = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * march + 2) / 5 + 1
    month = march < 10 ? march + 3 : march - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// Midnight of a date; months beyond 12 are of the years that follow.
  static func seconds(year: Int, month: Int, day: Int) -> Int {
    let months = year * 12 + month - 1 - 2
    let shiftedYear = (months - (months < 0 ? 11 : 0)) / 12
    let march = months - shiftedYear * 12
    let era = (shiftedYear - (shiftedYear < 0 ? 399 : 0)) / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * march + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return (era * 146097 + dayOfEra - 719468) * 86400
  }

  private static func two(_ number: Int) -> String { (number < 10 ? "0" : "") + "\(number)" }

  /// 17:25
  var minuteText: String { "\(Self.two(second / 3600)):\(Self.two(second / 60 % 60))" }
  /// 17:25:30
  var secondText: String { "\(minuteText):\(Self.two(second % 60))" }
  /// Mon 16 Dec 2013
  var dayText: String { "\(Self.weekdays[weekday]) \(day) \(monthText)" }
  /// Dec 2013
  var monthText: String { "\(Self.months[month - 1]) \(year)" }
  /// 2013-12-16 17:25:30
  var text: String { "\(year)-\(Self.two(month))-\(Self.two(day)) \(secondText)" }
}
