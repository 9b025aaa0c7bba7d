// SPDX-License-Identifier: MIT

import Foundation
import LeatSamples
import Testing

private func read(_ text: String) -> Float? {
  var text = text
  return text.withUTF8 { DecimalReader.read($0) }
}

private func write(_ value: Float) -> String {
  withUnsafeTemporaryAllocation(of: UInt8.self, capacity: DecimalWriter.capacity) { text in
    let count = DecimalWriter().write(value, to: text.baseAddress!)
    return String(decoding: text[..<count], as: UTF8.self)
  }
}

/// The bits that strtof reads, and those that Leat does.
private func areSame(_ text: String) -> Bool {
  read(text)?.bitPattern == strtof(text, nil).bitPattern
}

@Suite struct ReadingNumbers {
  @Test func readsWhatStrtofReads() {
    for text in [
      "0", "-0", "+0.0", "1", "-1", "0.1", ".5", "5.", "00012.500", "1e5", "1E+5", "1e-5", "1e-45",
      "7e-46", "7.006492321624085e-46", "1.4e-45", "1.1754943508222875e-38", "1.17549429e-38",
      "1.1754942106924411e-38", "3.4028234663852886e38", "3.4028235677973366e38",
      "3.40282356779733642e38", "3.40282356779733661e38", "3.4028236e38", "1e39", "1e400", "-1e400",
      "1e-400", "1e99999999999999999999", "0e99999999999999999999", "16777217", "16777219",
      "16777217.0000000000000000000000001", "33554435", "9007199791611905",
      "123456789012345678901234567890", "0.000000000000000000000000000000000000000000001",
      "99999999999999999999999999999999999999e-10",
      "0.00000000000000000000000000000000000012345e40",
      "8388608.5", "8388609.5", "1.00000017881393421514957253748434595763683319091796875",
      "1.00000017881393432617187499", "1.00000017881393432617187500",
      "1.00000017881393432617187501",
    ] {
      #expect(areSame(text), "\(text)")
    }
  }

  @Test func refusesWhatIsNoNumber() {
    for text in [
      "", "-", "+", ".", "-.", "e5", "1e", "1e+", "1e5.", "1.2.3", "1,5", "0x10", "nan", "inf",
      "1 ", " 1", "--1", "1f", "1e5e5", "१",
    ] {
      #expect(read(text) == nil, "\(text)")
    }
  }

  @Test func randomDigitsReadAsStrtofReadsThem() {
    var random = SplitMix(state: 1)
    for _ in 0..<100_000 {
      var text = Bool.random(using: &random) ? "-" : ""
      let count = Int.random(in: 1...26, using: &random)
      let point = Int.random(in: 0...count, using: &random)
      for index in 0..<count {
        if index == point { text += "." }
        text += "\(Int.random(in: 0...9, using: &random))"
      }
      if Bool.random(using: &random) { text += "e\(Int.random(in: -60...45, using: &random))" }
      if !areSame(text) { Issue.record("\(text)") }
    }
  }

  /// Where a second rounding would go wrong: halfway between two float32, and next to that.
  @Test func halfwayBetweenTwoFloatsReadsAsStrtofReadsIt() {
    var random = SplitMix(state: 2)
    for _ in 0..<10_000 {
      let value = Float(bitPattern: UInt32.random(in: 0..<0x7f7f_ffff, using: &random))
      let half = (Double(value) + Double(value.nextUp)) / 2
      for near in [half.nextDown, half, half.nextUp] {
        if !areSame("\(near)") { Issue.record("\(near)") }
      }
      let exact = String(format: "%.120e", half)
      let (digits, exponent) = (exact.prefix { $0 != "e" }, exact.drop { $0 != "e" })
      for text in [exact, "\(digits)1\(exponent)", "\(digits.dropLast(90))\(exponent)"] {
        if !areSame(text) { Issue.record("\(text)") }
      }
    }
  }
}

@Suite struct WritingNumbers {
  @Test func laysNumbersOutAsPrintf() {
    for (value, text) in [
      (0, "0"), (-0.0, "-0"), (1, "1"), (-1.5, "-1.5"), (0.1, "0.1"), (100, "100"),
      (123_456, "123456"), (0.0001, "0.0001"), (0.00001, "1e-05"), (-1.25e-7, "-1.25e-07"),
      (16_777_216, "16777216"), (999_999_936, "999999940"), (1e9, "1e+09"), (1.5e9, "1.5e+09"),
      (123_456_790_528, "1.2345679e+11"), (.greatestFiniteMagnitude, "3.4028235e+38"),
      (.leastNonzeroMagnitude, "1e-45"), (.leastNormalMagnitude, "1.1754944e-38"), (0.3, "0.3"),
      (33_554_432, "33554432"), (9_999_999, "9999999"), (.nan, "nan"), (-.infinity, "-inf"),
    ] as [(Float, String)] {
      #expect(write(value) == text)
    }
  }

  /// A prime stride through all bit patterns, and the ends of every power of two.
  @Test func isShortestAndReadsBack() {
    func check(_ bits: UInt32) {
      let value = Float(bitPattern: bits)
      guard value.isFinite else { return }
      let text = write(value)
      let isBack = read(text)?.bitPattern == bits && strtof(text, nil).bitPattern == bits
      // The standard library's own are the shortest too, and the nearest of these.
      if !isBack || digits(text) != digits("\(value)") { Issue.record("\(value): \(text)") }
    }
    for bits in stride(from: UInt32(0), to: .max - 100_003, by: 100_003) { check(bits) }
    for exponent in UInt32(0)..<255 {
      for offset in -3...3 as ClosedRange<Int32> {
        check(UInt32(bitPattern: Int32(bitPattern: exponent << 23) &+ offset))
      }
    }
  }

  /// Significant digits, without zeros at the ends.
  private func digits(_ text: String) -> Substring {
    let all = text.prefix { $0 != "e" }.filter { $0.isNumber }.drop { $0 == "0" }
    return Substring(String(all.reversed().drop { $0 == "0" }.reversed()))
  }
}
