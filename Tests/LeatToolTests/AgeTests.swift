// SPDX-License-Identifier: MIT

import Glibc
import Testing

@testable import LeatTool

@Test(
  arguments: [
    (0, 1500, "1.5 s", "1.5 s ago"), (1500, 0, "1.5 s in the future", "1.5 s in the future"),
    (31_536_000_000, 0, "365 d 0 h in the future", "365 d 0 h in the future"),
    // Less than is shown.
    (40, 0, "0.0 s", "0.0 s ago"),
    (.min, 0, "106,751,991,167 d 7 h", "106,751,991,167 d 7 h ago"),
  ] as [(Int64, Int64, String, String)])
func agesAreOfAnyTwoTimes(time: Int64, now: Int64, text: String, sentence: String) {
  let age = Age(of: time, at: now)
  #expect(age.text == text && age.sentence == sentence)
}

@Test func agesAtTheEnds() {
  for (time, now) in [(Int64.min, Int64.max), (.max, .min), (.min, .min), (.max, .max)] {
    let age = Age(of: time, at: now)
    #expect(age.seconds.isFinite && !age.text.isEmpty)
    #expect(age.isInFuture == (time > now))
  }
}

@Test func whatIsInTheFutureIsStale() {
  #expect(!Age(of: 0, at: 59_000).isStale(beyond: 60))
  #expect(Age(of: 0, at: 61_000).isStale(beyond: 60))
  #expect(Age(of: 1000, at: 0).isStale(beyond: 60))
}

@Test(
  arguments: [
    (0, 5, 0), (1, 999_999_999, 1999), (-1, 0, -1000), (.max, 0, .max), (.min, 0, .min),
  ] as [(Int, Int, Int64)])
func timesOfFilesAreClamped(seconds: Int, nanoseconds: Int, milliseconds: Int64) {
  #expect(
    Clock.milliseconds(of: timespec(tv_sec: seconds, tv_nsec: nanoseconds)) == milliseconds)
}
