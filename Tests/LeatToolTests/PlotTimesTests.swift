// SPDX-License-Identifier: MIT

import Testing

@testable import LeatTool

private func places(_ times: [Double]) -> (PlotTimes, [Double]) {
  var result = PlotTimes()
  let places = times.map { result.x($0) }
  return (result, places)
}

@Test func timesThatGoOnAreWorthAnAxis() {
  let (times, places) = places([1_700_000_000, 1_700_000_060, 1_700_000_120])
  #expect(places == [1_700_000_000, 1_700_000_060, 1_700_000_120])
  #expect(times.areUsable && times.areDates && times.problem == nil)
  #expect(PlotTimes().areUsable == false)
}

@Test func secondsOfARecordingAreNoDates() {
  #expect(!places([0, 0.1, 0.2]).0.areDates)
}

@Test func aHalfThatGoesBackIsCountedAndNotDrawnOverTime() {
  let (times, places) = places((0..<100).map { Double(1_000_000_000 + $0 - ($0 < 50 ? 0 : 1000)) })
  #expect(places.last == 1_000_000_049)
  #expect(!times.areUsable)
  #expect(times.problem == "of 100 times 50 are earlier than one before them")
}

@Test func oneStepBackOfMany() {
  var all = (0..<1000).map { Double($0) }
  all[500] = 3
  let (times, places) = places(all)
  #expect(times.areUsable && places[500] == 499 && places[501] == 501)
  #expect(times.problem == "of 1,000 times 1 is earlier than one before it")
}

@Test func timesThatRepeat() {
  // Ten samples a second, with times of whole seconds.
  let (seconds, _) = places((0..<1000).map { Double($0 / 10) })
  #expect(seconds.areUsable)
  #expect(seconds.problem == "of 1,000 times 900 are the same as the one before")
  // A clock that doesn't go at all, or stops half-way.
  #expect(!places([5, 5]).0.areUsable)
  #expect(!places((0..<100).map { Double(min($0, 50)) }).0.areUsable)
  // One twice, of few.
  #expect(places([1, 2, 2, 3]).0.areUsable)
  #expect(places([5]).0.areUsable)
}

@Test func timesOfNoCalendar() {
  let (times, places) = places([1e300, 1, -1e300, 2])
  #expect(places == [-.infinity, 1, 1, 2])
  #expect(!times.areUsable)
  #expect(times.problem == "of 4 times 2 are beyond any calendar")
}
