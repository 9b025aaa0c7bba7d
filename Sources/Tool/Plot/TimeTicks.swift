// SPDX-License-Identifier: MIT

import LeatNotation

/// Ticks at round times of day and round dates.
///
/// The page's script has the table of steps from here, and repeats the rule.
enum TimeTicks {
  enum Unit {
    /// Decimal fractions of a second: 0.001, 0.2.
    case fraction
    case second
    /// Days of a month: the 1st, and every so many days on, but none close to the next month's 1st.
    case day
    case month
    case year
  }

  /// From one tick to the next.
  struct Step {
    var unit: Unit
    /// So many units; fractions and years come in decimal steps instead.
    var count: Int
    /// In seconds, about.
    var length: Double
    /// Pixels from the middle of one label to the middle of the next.
    var pixels: Double
  }

  /// Shortest first.
  static let steps: [Step] =
    // For as long as half a second has at least 80 pixels.
    [Step(unit: .fraction, count: 1, length: 0.6875, pixels: 110)]
    + [1, 2, 5, 10, 15, 30].map {
      Step(unit: .second, count: $0, length: Double($0), pixels: 80)
    }
    + [60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200].map {
      Step(unit: .second, count: $0, length: Double($0), pixels: 58)
    }
    + [1, 2, 5, 10].map { Step(unit: .day, count: $0, length: Double($0) * 86400, pixels: 36) }
    + [1, 3, 6].map {
      Step(unit: .month, count: $0, length: Double($0) * 2_629_746, pixels: 44)
    }
    + [Step(unit: .year, count: 1, length: .greatestFiniteMagnitude, pixels: 60)]

  /// - Parameter room: pixels from end to end
  static func over(_ range: ClosedRange<Double>, room: Double) -> [Tick] {
    // The calendar has little meaning beyond these years: plain numbers.
    guard range.lowerBound > -6e10, range.upperBound < 2.5e11 else {
      return NumberTicks.over(range, count: Int(room / 80))
    }
    let perPixel = (range.upperBound - range.lowerBound) / max(1, room)
    guard perPixel > 0, let step = steps.first(where: { $0.length >= perPixel * $0.pixels }) else {
      return []
    }
    let count = Int(room / step.pixels)
    var ticks =
      step.unit == .fraction
      ? fractions(step, range, count: count)
      : places(step, range, count: count).map {
        let time = CivilTime($0)
        return Tick(value: Double($0), label: label(step, time), context: context(step, time))
      }
    var before: String?
    for index in ticks.indices {
      let context = ticks[index].context
      if context == before { ticks[index].context = nil }
      before = context
    }
    return ticks
  }

  /// In decimal steps from the minute in which the range begins, to the microsecond.
  private static func fractions(
    _ step: Step, _ range: ClosedRange<Double>, count: Int
  ) -> [Tick] {
    let start = Int(range.lowerBound.rounded(.down))
    let minute = Double(start - CivilTime(start).second % 60)
    let local = (range.lowerBound - minute)...(range.upperBound - minute)
    return NumberTicks.over(local, count: count).map {
      let whole = $0.value.rounded(.down)
      let rest = Decimal((($0.value - whole) * 1e6).rounded(), significant: 6)
      let places = Decimal(digits: rest.digits, exponent: rest.exponent - 6).text().dropFirst()
      let time = CivilTime(Int(minute + whole))
      return Tick(
        value: minute + $0.value, label: label(step, time) + places, context: context(step, time))
    }
  }

  /// Whole seconds since 1970.
  private static func places(
    _ step: Step, _ range: ClosedRange<Double>, count: Int
  ) -> [Int] {
    let low = Int(range.lowerBound.rounded(.up)), high = Int(range.upperBound.rounded(.down))
    guard low <= high else { return [] }
    if step.unit == .second {
      let first = low + (step.count - low % step.count) % step.count
      return Array(stride(from: first, through: high, by: step.count))
    }
    let first = CivilTime(low).year, last = CivilTime(high).year
    let years =
      step.unit == .year
      ? NumberTicks.positions(Double(first)...Double(last + 1), count: count).map { Int($0.value) }
      : Array(first...last)
    let days = years.flatMap { year in
      let months = step.unit == .year ? 12 : step.unit == .month ? step.count : 1
      return stride(from: 1, through: 12, by: months).flatMap { month in
        guard step.unit == .day else { return [CivilTime.days(year: year, month: month, day: 1)] }
        let end = CivilTime.days(inMonth: month, of: year)
        let last = step.count == 1 ? end : min(end, 31 - step.count)
        return stride(from: 1, through: last, by: step.count).map {
          CivilTime.days(year: year, month: month, day: $0)
        }
      }
    }
    return days.map { $0 * 86400 }.filter { low <= $0 && $0 <= high }
  }

  private static func label(_ step: Step, _ time: CivilTime) -> String {
    switch step.unit {
    case .fraction, .second: step.count < 60 ? time.secondText : time.minuteText
    case .day: "\(time.day)"
    case .month: CivilTime.months[time.month - 1]
    case .year: "\(time.year)"
    }
  }

  private static func context(_ step: Step, _ time: CivilTime) -> String? {
    switch step.unit {
    case .fraction, .second: time.dayText
    case .day: time.monthText
    case .month: "\(time.year)"
    case .year: nil
    }
  }
}
