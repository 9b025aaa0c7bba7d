// SPDX-License-Identifier: MIT

import LeatSamples
import Testing

private func read(_ text: String) -> Double? {
  var text = text
  return text.withUTF8 { Timestamp.read($0) }
}

@Suite struct Timestamps {
  @Test func readsUnixSeconds() {
    #expect(read("0") == 0)
    #expect(read("1700000000.123456") == 1_700_000_000.123456)
    #expect(read("-1.5e3") == -1500)
  }

  @Test func tellsTheUnitByTheNumber() {
    // 1980, 2019 and 2100.
    for seconds in [315_532_800, 1_548_893_400, 4_102_444_800] {
      for zeros in ["", "000", "000000", "000000000"] {
        #expect(read("\(seconds)\(zeros)") == Double(seconds), "\(seconds)\(zeros)")
        #expect(read("-\(seconds)\(zeros)") == Double(-seconds))
      }
    }
    #expect(read("1548893400123") == 1_548_893_400.123)
    #expect(read("99999999999.5") == 99_999_999_999.5)
    #expect(read("100000000000") == 100_000_000)
    #expect(read("1e14") == 1e8)
    #expect(read("1e17") == 1e8)
    // The calendar's years have no other unit.
    #expect(read("9999-12-31 23:59:59") == 253_402_300_799)
  }

  /// Seconds as `date -u -d TEXT +%s` prints them.
  @Test func readsTheCalendar() {
    for (text, seconds) in [
      ("1970-01-01T00:00:00Z", 0), ("1970-01-01 00:00", 0), ("2013-07-04 00:00:00", 1_372_896_000),
      ("2000-02-29T12:34:56Z", 951_827_696), ("2000-03-01 00:00", 951_868_800),
      ("1900-03-01 00:00", -2_203_891_200), ("2024-02-29 23:59:59", 1_709_251_199),
      ("2100-03-01 00:00:00", 4_107_542_400), ("1969-12-31 23:59:59", -1),
      ("0001-01-01 00:00", -62_135_596_800), ("9999-12-31 23:59:59", 253_402_300_799),
      ("2016-12-31 23:59:60", 1_483_228_800),
    ] {
      #expect(read(text) == Double(seconds), "\(text)")
    }
  }

  @Test func readsFractionsAndOffsets() {
    #expect(read("1970-01-01T00:00:01.25Z") == 1.25)
    #expect(read("1970-01-01T00:00:01,5") == 1.5)
    #expect(read("1970-01-01 02:00+02:00") == 0)
    #expect(read("1970-01-01T00:00:00-0130") == 5400)
    #expect(read("1970-01-01T05:30:00.5+05:30") == 0.5)
    #expect(read("1970-01-01T01:00:00+01") == 0)
  }

  @Test func refusesWhatIsNoTime() {
    for text in [
      "", "today", "2013-02-29 00:00", "1900-02-29 00:00", "2013-13-01 00:00", "2013-00-01 00:00",
      "2013-01-00 00:00", "2013-01-32 00:00", "2013-01-01 24:00", "2013-01-01 00:60",
      "2013-01-01 00:00:61", "2013-01-01", "2013-01-01 00:00:00.", "2013-01-01 00:00:00+24:00",
      "2013-01-01 00:00:00 Z", "2013-1-1 00:00", "20130101T000000", "12:30", "nan", "inf",
      "2013-01-01 00:00:00Zx", "0x10",
    ] {
      #expect(read(text) == nil, "\(text)")
    }
  }

  @Test func everyDayFollowsTheOneBefore() {
    var expected = 0.0
    for year in 1970..<2110 {
      let isLeap = year % 4 == 0 && year != 2100
      for (month, days) in [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        .enumerated()
      {
        for day in 1...days {
          func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
          #expect(read("\(year)-\(two(month + 1))-\(two(day)) 00:00") == expected)
          expected += 86400
        }
      }
    }
  }
}
