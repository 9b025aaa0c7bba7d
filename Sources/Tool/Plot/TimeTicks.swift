// SPDX-License-Identifier: MIT

import LeatNotation

/// Ticks where a clock or a calendar has them.
enum TimeTicks {
  /// From one tick to the next.
  private enum Step {
    /// Of a second: 0.001, 0.2.
    case fraction
    case seconds(Int)
    /// Days of a month: the 1st, and so many on, but the next month's 1st isn't crowded.
    case days(Int)
    case months(Int)
    case years

    /// In seconds, about.
    var length: Double {
      switch self {
      case .fraction, .years: 0
      case .seconds(let count): Double(count)
      case .days(let count): Double(count) * 86400
      case .months(let count): Double(count) * 2_629_746
      }
    }

    /// Between one label's middle and the next one's.
    var pixels: Double {
      switch self {
      case .fraction: 110
      case .seconds(let count): count < 60 ? 80 : 58
      case .days: 36
      case .months: 44
      case .years: 60
      }
    }
  }

  private static let steps: [Step] =
    [
      1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200,
    ].map { .seconds($0) }
    + [.days(1), .days(2), .days(5), .days(10), .months(1), .months(3), .months(6)]

  /// - Parameter room: pixels from end to end
  static func over(_ range: ClosedRange<Double>, room: Double) -> [Tick] {
    // Beyond, the calendar means little: plain numbers.
    guard range.lowerBound > -6e10, range.upperBound < 2.5e11 else {
      return NumberTicks.over(range, count: Int(room / 80))
    }
    let perPixel = (range.upperBound - range.lowerBound) / max(1, room)
    guard perPixel > 0 else { return [] }
    let step =
      perPixel * 80 <= 0.5
      ? .fraction : steps.first { $0.length >= perPixel * $0.pixels } ?? .years
    var ticks = values(step, range, room: room)
    // Only where it changes.
    var context = ""
    for index in ticks.indices {
      let next = self.context(step, CivilTime(Int(ticks[index].value.rounded(.down))))
      if let next, next != context { (context, ticks[index].context) = (next, next) }
    }
    return ticks
  }

  private static func values(
    _ step: Step, _ range: ClosedRange<Double>, room: Double
  ) -> [Tick] {
    let count = Int(room / step.pixels)
    let low = Int(range.lowerBound.rounded(.up)), high = Int(range.upperBound.rounded(.down))
    let first = CivilTime(low), last = CivilTime(high)
    switch step {
    case .fraction:
      // Seconds of the minute, with their fraction, from the minute the range begins in.
      let minute = Double((Int(range.lowerBound.rounded(.down)) - 59) / 60 * 60)
      let local = (range.lowerBound - minute)...(range.upperBound - minute)
      return NumberTicks.over(local, count: count).map {
        let whole = $0.value.rounded(.down)
        let rest = Decimal(($0.value - whole) * 1e6, significant: 6)
        let places = Decimal(digits: rest.digits, exponent: rest.exponent - 6).text().dropFirst()
        let time = CivilTime(Int(minute + whole))
        return Tick(value: minute + $0.value, label: time.secondText + places)
      }
    case .seconds(let length):
      guard low <= high else { return [] }
      let remainder = (low % length + length) % length
      let start = remainder == 0 ? low : low - remainder + length
      return stride(from: start, through: high, by: length).map {
        let time = CivilTime($0)
        return Tick(value: Double($0), label: length < 60 ? time.secondText : time.minuteText)
      }
    case .days(let length):
      return months(1, first, last).flatMap { year, month in
        stride(from: 1, through: length == 1 ? 31 : 31 - length, by: length).compactMap { day in
          let seconds = 86400 * CivilTime.days(year: year, month: month, day: day)
          guard low <= seconds, seconds <= high, CivilTime(seconds).day == day else { return nil }
          return Tick(value: Double(seconds), label: "\(day)")
        }
      }
    case .months(let length):
      return months(length, first, last).compactMap { year, month in
        let seconds = 86400 * CivilTime.days(year: year, month: month, day: 1)
        guard low <= seconds, seconds <= high else { return nil }
        return Tick(value: Double(seconds), label: CivilTime.months[month - 1])
      }
    case .years:
      let years = Double(first.year)...Double(max(first.year, last.year) + 1)
      return NumberTicks.positions(years, count: count).compactMap {
        let seconds = 86400 * CivilTime.days(year: Int($0.value), month: 1, day: 1)
        guard low <= seconds, seconds <= high else { return nil }
        return Tick(value: Double(seconds), label: "\(Int($0.value))")
      }
    }
  }

  /// Every `length`-th month of the years between.
  private static func months(
    _ length: Int, _ first: CivilTime, _ last: CivilTime
  ) -> [(year: Int, month: Int)] {
    guard first.year <= last.year else { return [] }
    return (first.year...last.year).flatMap { year in
      stride(from: 1, through: 12, by: length).map { (year, $0) }
    }
  }

  private static func context(_ step: Step, _ time: CivilTime) -> String? {
    switch step {
    case .fraction, .seconds: time.dayText
    case .days: time.monthText
    case .months: "\(time.year)"
    case .years: nil
    }
  }
}
