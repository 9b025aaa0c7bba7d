// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import LeatTool

@Test(arguments: [
  (0, "0"), (999, "999"), (1000, "1,000"), (-1_234_567, "-1,234,567"),
  (Int.max, "9,223,372,036,854,775,807"), (Int.min, "-9,223,372,036,854,775,808"),
])
func numbersAreGroupedByThousands(number: Int, text: String) {
  #expect(Figures.grouped(number) == text)
}

@Test(
  arguments: [
    (0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1_048_524, "1023.9 KiB"),
    (1_048_576, "1.0 MiB"), (UInt64.max, "16384.0 PiB"),
  ] as [(UInt64, String)])
func bytesTakeTheLargestUnit(count: UInt64, text: String) {
  #expect(Figures.bytes(count) == text)
}

@Test(
  arguments: [
    (0, 2, "0.00"), (1.005, 1, "1.0"), (-0.04, 1, "0.0"), (-2.55, 0, "-3"), (99.96, 1, "100.0"),
    (0.0625, 3, "0.062"), (.infinity, 1, "inf"),
  ] as [(Double, Int, String)])
func decimalsAreRounded(value: Double, places: Int, text: String) {
  #expect(Figures.decimal(value, places: places) == text)
}

@Test(
  arguments: [
    (0, "0"), (1, "1.00e0"), (9.996, "1.00e1"), (-0.00012345, "-1.23e-4"), (6.02e23, "6.02e23"),
    (2.5e-300, "2.50e-300"), (.nan, "nan"),
  ] as [(Double, String)])
func scientificNumbersHaveThreeDigits(value: Double, text: String) {
  #expect(Figures.scientific(value) == text)
}

@Test(
  arguments: [
    (-5, "0.0 s"), (9.94, "9.9 s"), (59.4, "59 s"), (60, "1 min 0 s"), (3599, "59 min 59 s"),
    (3600, "1 h 0 min"), (90061, "1 d 1 h"), (1e11, "1,157,407 d 9 h"), (.infinity, "-"),
  ] as [(Double, String)])
func durationsHaveTwoUnits(seconds: Double, text: String) {
  #expect(Figures.duration(seconds: seconds) == text)
}

@Test(
  arguments: [
    (0, "1970-01-01 00:00:00 UTC"), (-1, "1969-12-31 23:59:59 UTC"),
    (951_782_399_999, "2000-02-28 23:59:59 UTC"), (951_782_400_000, "2000-02-29 00:00:00 UTC"),
    (4_107_542_400_000, "2100-03-01 00:00:00 UTC"), (1_772_373_909_000, "2026-03-01 14:05:09 UTC"),
  ] as [(Int64, String)])
func timesFollowTheCalendar(milliseconds: Int64, text: String) {
  #expect(Figures.utc(milliseconds: milliseconds) == text)
}

@Test(
  arguments: [
    ("90s", 90_000), ("15min", 900_000), ("12h", 43_200_000), ("30d", 2_592_000_000),
    ("4w", 2_419_200_000), ("250ms", 250), ("s", nil), ("0s", nil), ("5", nil), ("5 d", nil),
    ("-1d", nil), ("99999999999999999w", nil),
  ] as [(String, Int64?)])
func spansHaveAUnit(text: String, milliseconds: Int64?) {
  #expect(DurationArgument(argument: text)?.milliseconds == milliseconds)
}

@Test(
  arguments: [
    ("10m", 600_000), ("10min", 600_000), ("500ms", 500), ("2h", 7_200_000), ("m", nil),
    ("0m", nil), ("10", nil), ("1.5m", nil), ("999999999999999999m", nil),
  ] as [(String, Int64?)])
func anMOfAGapIsAMinute(text: String, milliseconds: Int64?) {
  #expect(GapArgument(argument: text)?.milliseconds == milliseconds)
  // Elsewhere it might be a month.
  #expect(DurationArgument(argument: "10m") == nil)
}

@Test func columnsAreAsWideAsTheirCells() {
  #expect(
    Text.columns([["泵", "", "1", "x"], ["a", "", "", ""], ["", "", "10", ""]]) == [
      "泵  1   x", "a", "    10",
    ])
  #expect(Text.columns([]) == [])
}

@Test func textIsCutByItsWidth() {
  #expect(Text.width("pump-7") == 6)
  #expect(Text.width("泵7") == 3)
  #expect(Text.cut("pump-7", to: 6) == "pump-7")
  #expect(Text.cut("pump-77", to: 6) == "pump-…")
  #expect(Text.cut("泵泵泵", to: 4) == "泵…")
  #expect(Text.padded(left: "泵", to: 4) == "  泵")
  #expect(Text.printable("a\u{1b}[2J\u{7}\u{202e}b") == "a\u{fffd}[2J\u{fffd}\u{fffd}b")
}

@Test func linesAndTabulatorsStay() {
  #expect(Text.printableLines("a\tb\n\u{9b}c\r\n") == "a\tb\n\u{fffd}c\u{fffd}\n")
  #expect(Text.printableLines("泵é\n") == "泵é\n")
}

@Test func jsonHasNoControlCharacters() throws {
  // Those of C0 are escaped by Foundation's encoder.
  let text = "a\u{7f}b\u{9b}c\u{202e}d\u{e0041}é泵"
  let json = Text.escaped(json: "{\n\"\(text)\": 1\n}")
  #expect(json == "{\n\"a\\u007fb\\u009bc\\u202ed\\udb40\\udc41é泵\": 1\n}")
  #expect(try JSONDecoder().decode([String: Int].self, from: Data(json.utf8)) == [text: 1])
}
