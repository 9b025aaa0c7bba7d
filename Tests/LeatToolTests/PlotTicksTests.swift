// SPDX-License-Identifier: MIT

import LeatNotation
import Testing

@testable import LeatPlot

@Test(arguments: [
  (0.0, 100.0, 5, ["0", "20", "40", "60", "80", "100"]),
  (-1.06, 1.06, 4, ["\u{2212}1", "0", "1"]),
  (0.1, 0.35, 5, ["0.10", "0.15", "0.20", "0.25", "0.30", "0.35"]),
  (0, 2.2e6, 4, ["0", "1\u{2009}M", "2\u{2009}M"]),
  (0, 40000, 4, ["0", "10\u{2009}k", "20\u{2009}k", "30\u{2009}k", "40\u{2009}k"]),
  (999_999.6, 1_000_006.4, 4, ["1,000,000", "1,000,002", "1,000,004", "1,000,006"]),
  (0, 2.7e-7, 3, ["0", "1e-7", "2e-7"]),
  (0, 5e37, 3, ["0", "2e37", "4e37"]),
  (3, 3, 4, []),
])
func numbersAreRoundAndShort(low: Double, high: Double, count: Int, labels: [String]) {
  #expect(NumberTicks.over(low...high, count: count).map(\.label) == labels)
}

@Test func positionsAreWhole() {
  #expect(NumberTicks.positions(0...3, count: 12).map(\.label) == ["0", "1", "2", "3"])
  let labels = NumberTicks.positions(0...2500, count: 5).map(\.label)
  #expect(labels == ["0", "500", "1,000", "1,500", "2,000", "2,500"])
}

@Test(arguments: [
  (0, "1970-01-01 00:00:00"), (-1, "1969-12-31 23:59:59"), (951_782_399, "2000-02-28 23:59:59"),
  (951_782_400, "2000-02-29 00:00:00"), (1_387_214_700, "2013-12-16 17:25:00"),
  (4_107_542_400, "2100-03-01 00:00:00"), (-2_203_891_200, "1900-03-01 00:00:00"),
])
func timeIsThatOfTheCalendar(seconds: Int, text: String) {
  #expect(CivilTime(seconds).text == text)
}

@Test func datesAndSecondsAreInverse() {
  for day in stride(from: -200_000, through: 200_000, by: 37) {
    let time = CivilTime(day * 86400)
    #expect(CivilTime.days(year: time.year, month: time.month, day: time.day) == day)
    #expect(time.second == 0)
  }
  #expect(CivilTime(0).weekday == 4)
}

/// 2013-12-02 21:15:00, and so many seconds on, over 900 pixels.
private func ticks(_ seconds: Double, room: Double = 900) -> [Tick] {
  TimeTicks.over(1_386_018_900...1_386_018_900 + seconds, room: room)
}

@Test func clockTicksNameTheDayWhereItChanges() {
  let hours = ticks(86400)
  #expect(hours.first?.label == "22:00" && hours.first?.context == "Mon 2 Dec 2013")
  #expect(hours.filter { $0.context != nil }.map(\.label) == ["22:00", "00:00"])
  #expect(hours[1].label == "00:00" && hours[1].context == "Tue 3 Dec 2013")
  let seconds = ticks(60)
  #expect(seconds.map(\.label).prefix(3) == ["21:15:00", "21:15:10", "21:15:20"])
  #expect(ticks(1).map(\.label).prefix(3) == ["21:15:00", "21:15:00.2", "21:15:00.4"])
}

@Test func calendarTicksNameTheMonthAndTheYearWhereTheyChange() {
  let days = ticks(79 * 86400)
  #expect(days.map(\.label).prefix(7) == ["6", "11", "16", "21", "26", "1", "6"])
  #expect(days.compactMap(\.context) == ["Dec 2013", "Jan 2014", "Feb 2014"])
  let months = ticks(700 * 86400)
  #expect(months.first?.label == "Jan")
  #expect(months.compactMap(\.context) == ["2014", "2015"])
  #expect(ticks(30 * 365.25 * 86400).map(\.label).prefix(2) == ["2015", "2020"])
}

@Test func ticksAreInsideInOrderAndNeverCrowd() {
  var span = 0.01
  while span < 1e10 {
    for room in [120.0, 300, 900, 2000] {
      let found = ticks(span, room: room)
      let places = found.map { ($0.value - 1_386_018_900) / span * room }
      #expect(places.allSatisfy { $0 >= -0.01 && $0 <= room + 0.01 }, "\(span)")
      for (index, tick) in found.enumerated().dropFirst() {
        let halves =
          (TextWidth.of(tick.label, size: 12) + TextWidth.of(found[index - 1].label, size: 12)) / 2
        #expect(places[index] - places[index - 1] > halves, "\(span) \(room) \(tick.label)")
      }
      if room >= 300 { #expect(found.count >= (room >= 900 ? 3 : 1), "\(span) \(room)") }
    }
    span *= 1.7
  }
}
