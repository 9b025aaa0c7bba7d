// SPDX-License-Identifier: MIT

import LeatSupport

extension JSONReader {
  /// A whole number of at most 64 bits without sign, point or exponent.
  mutating func unsigned() throws(Failure) -> UInt64 {
    skipWhitespace()
    let start = position
    try skipNumber()
    var value: UInt64 = 0
    for offset in start..<position {
      let digit = bytes.byte(at: offset) &- UInt8(ascii: "0")
      let (tens, overflowed) = value.multipliedReportingOverflow(by: 10)
      let (sum, carried) = tens.addingReportingOverflow(UInt64(digit))
      guard digit <= 9, !overflowed, !carried else {
        position = start
        throw malformed("a whole number of 64 bits")
      }
      value = sum
    }
    return value
  }

  private mutating func skipDigits() -> Int {
    let start = position
    while let byte = next, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
    return position - start
  }

  mutating func skipNumber() throws(Failure) {
    if next == UInt8(ascii: "-") { position += 1 }
    let start = position
    let whole = skipDigits()
    guard whole > 0 else { throw malformed("a number") }
    guard whole == 1 || bytes.byte(at: start) != UInt8(ascii: "0") else {
      position -= 1
      throw malformed("a number without leading zeros")
    }
    if next == UInt8(ascii: ".") {
      position += 1
      guard skipDigits() > 0 else { throw malformed("a digit") }
    }
    let end = position
    var exponent = 0
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      position += 1
      let isNegative = next == UInt8(ascii: "-")
      if isNegative || next == UInt8(ascii: "+") { position += 1 }
      let first = position
      guard skipDigits() > 0 else { throw malformed("a digit") }
      // Farther than the longest header can move the point, and within 32 bits.
      for offset in first..<position where exponent < 200_000_000 {
        exponent = exponent * 10 + Int(bytes.byte(at: offset) - UInt8(ascii: "0"))
      }
      if isNegative { exponent = -exponent }
    }
    guard fitsDouble(start, end, exponent: exponent + whole) else {
      throw malformed("a number that a double can hold")
    }
  }

  /// Whether 0.DIGITS · 10^exponent is at most the largest double, 1.797693134862315708e308; the
  /// digits are from `start` to `end`, a point among them.
  private func fitsDouble(_ start: Int, _ end: Int, exponent: Int) -> Bool {
    var exponent = exponent
    var leading: UInt64 = 0
    var count = 0
    for offset in start..<end where bytes.byte(at: offset) != UInt8(ascii: ".") && count < 17 {
      let digit = bytes.byte(at: offset) - UInt8(ascii: "0")
      if count == 0, digit == 0 {
        exponent -= 1
      } else {
        leading = leading * 10 + UInt64(digit)
        count += 1
      }
    }
    guard count > 0, exponent >= 309 else { return true }
    while count < 17 {
      leading *= 10
      count += 1
    }
    return exponent == 309 && leading <= 17_976_931_348_623_157
  }
}
