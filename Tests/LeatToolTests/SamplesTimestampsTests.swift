// SPDX-License-Identifier: MIT

import LeatSamples
import Testing

private func read(
  _ text: String, as format: TimeFormat = .iso, point: Unicode.Scalar = "."
) -> Double? {
  var text = text
  return text.withUTF8 { Timestamp.read($0, as: format, point: UInt8(ascii: point)) }
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
      "2013-01-01 00:00:61", "2013-01-01T", "2013-01-01 00:00:00.", "2013-01-01 00:00:00+24:00",
      "2013-01-01 00:00:00 Z", "2013-1-1 00:00", "20130101T0", "20130132T000000",
      "20130101T00:00:0", "2013-01/01", "2013/01-01 00:00", "201301-01", "31/12/2013", "12:30",
      "nan", "inf",
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

  @Test func readsDatesWithoutATime() {
    #expect(read("2013-07-04") == 1_372_896_000)
    #expect(read("2013/07/04 00:00:01") == 1_372_896_001)
    #expect(read("1969-12-31") == -86400)
  }

  @Test func readsDatesWithoutHyphens() {
    for text in [
      "20240131T235959Z", "20240131 235959", "20240131t235959.0", "20240131T235959+0000",
      "20240131T23:59:59",
    ] {
      #expect(read(text) == 1_706_745_599, "\(text)")
    }
    #expect(read("20240131T2359") == 1_706_745_540)
    // Only digits are a Unix time, unless the user says that they are a date.
    #expect(read("20240131") == 20_240_131)
    #expect(read("20240131", as: .ymd) == 1_706_659_200)
    #expect(read("20240131235959", as: .ymd) == 1_706_745_599)
    #expect(read("2024-01-31 9:05", as: .ymd) == 1_706_691_900)
    for text in ["2024013", "20240132", "202401310", "1706745599", "2024013123595", "31/01/2024"] {
      #expect(read(text, as: .ymd) == nil, "\(text)")
    }
  }

  @Test func readsTheDayBeforeTheMonthWhereTheUserSaysSo() {
    #expect(read("02/01/2024 10:00", as: .dmy) == 1_704_189_600)
    #expect(read("01/02/2024 10:00", as: .mdy) == 1_704_189_600)
    for text in [
      "2/1/2024 10:00", "02.01.2024 10:00:00", "02-01-2024T10:00:00.0", "02/01/2024 12:00+02:00",
    ] {
      #expect(read(text, as: .dmy) == 1_704_189_600, "\(text)")
      #expect(read(text) == nil, "\(text)")
    }
    #expect(read("29.02.2024", as: .dmy) == 1_709_164_800)
    #expect(read("02.01.2024 9:59:59,5", as: .dmy) == 1_704_189_599.5)
    for text in [
      "29.02.2023", "13/13/2024", "1/2/24", "01/02/20245", "1/2.2024", "001/2/2024", "1//2024",
      "/1/2024", "1/2/", "2024-01-02", "1704189600", "01/02/2024 24:00", "01/02/2024 1:5", "", "1",
    ] {
      #expect(read(text, as: .dmy) == nil, "\(text)")
      #expect(read(text, as: .mdy) == nil, "\(text)")
    }
  }

  @Test func readsNumbersWithADecimalComma() {
    #expect(read("1709208001,5", point: ",") == 1_709_208_001.5)
    #expect(read("1709208001.5", point: ",") == nil)
    #expect(read("12345678901234567890,5", point: ",") == 12_345_678_901.234_567)
  }

  /// The short way to a Double gives the same as Double's own.
  @Test func numbersAreThoseOfDouble() {
    var random = SplitMix(state: 7)
    for _ in 0..<20_000 {
      var text = "\(UInt64.random(in: 0...99_999_999_999, using: &random))"
      let places = Int.random(in: 0...9, using: &random)
      if places > 0 { text += "." }
      for _ in 0..<places { text += "\(Int.random(in: 0...9, using: &random))" }
      guard let time = Double(text), time < 1e11 else { continue }
      #expect(read(text)?.bitPattern == time.bitPattern, "\(text)")
    }
  }
}
