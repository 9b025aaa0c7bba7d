// SPDX-License-Identifier: MIT

import Glibc

/// Reads decimal numbers as float32, rounded to the nearest, ties to even: strtof's result, sooner.
public enum DecimalReader {
  /// Reads [+-]digits[.digits][e[+-]digits], with digits on at least one side of the point. What is
  /// too large becomes infinite, what is too small 0, as of strtof.
  ///
  /// - Returns: nil when the text isn't such a number, or goes on behind it
  @inline(__always)
  public static func read(_ text: UnsafeBufferPointer<UInt8>) -> Float? {
    guard let scanned = unsafe ScannedDecimal(text) else { return nil }
    if let value = nearly(scanned) { return scanned.isNegative ? -value : value }
    return unsafe slowly(text)
  }

  /// The nearest float32, if that is certain.
  ///
  /// The Double is made by at most three roundings, of the digits, and of one or two products or
  /// quotients by exact powers of ten; digits beyond the nineteenth are less than a thousandth of
  /// another. So it is less than 3.1 · 2^-53 of its value away from what is written, which is less
  /// than 4 units of its last place. Rounding it again errs only when a float32's halfway point
  /// lies between, and those are the Doubles whose last 29 bits are 2^28.
  @inline(__always)
  private static func nearly(_ decimal: ScannedDecimal) -> Float? {
    if decimal.digits == 0 { return 0 }
    var value = Double(decimal.digits)
    var power = decimal.exponent
    guard power >= -44 && power <= 44 else { return nil }
    if power < 0 {
      if power < -22 {
        value /= 1e22
        power += 22
      }
      value /= PowersOfTen.exact[-power]
    } else {
      if power > 22 {
        value *= 1e22
        power -= 22
      }
      value *= PowersOfTen.exact[power]
    }
    // Below, float32's halfway points are other Doubles; above, it may be infinite.
    guard value >= 0x1p-126 && value < 0x1p127 else { return nil }
    let distance = Int(value.bitPattern & 0x1fff_ffff) - 0x1000_0000
    return distance.magnitude <= 4 ? nil : Float(value)
  }

  /// Safe: the text is a number of the grammar above, and the tool stays in the locale "C", in
  /// which strtof reads it to its end.
  @inline(never)
  private static func slowly(_ text: UnsafeBufferPointer<UInt8>) -> Float {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: text.count + 1) { copy in
      for index in 0..<text.count { unsafe copy[index] = CChar(bitPattern: text[index]) }
      unsafe copy[text.count] = 0
      return unsafe strtof(copy.baseAddress!, nil)
    }
  }
}

/// A decimal number's parts: digits · 10^exponent, but for digits beyond the nineteenth.
struct ScannedDecimal {
  private(set) var digits: UInt64 = 0
  private(set) var exponent = 0
  private(set) var isNegative = false

  @inline(__always)
  init?(_ text: UnsafeBufferPointer<UInt8>) {
    let end = text.count
    var index = 0
    guard end > 0 else { return nil }
    if unsafe text[0] == UInt8(ascii: "-") || text[0] == UInt8(ascii: "+") {
      unsafe isNegative = text[0] == UInt8(ascii: "-")
      index = 1
    }
    var count = 0  // of digits, without leading zeros
    let start = index
    while index < end, let digit = unsafe Self.digit(text[index]) {
      take(digit, &count, behindPoint: false)
      index &+= 1
    }
    var seen = index - start
    if index < end, unsafe text[index] == UInt8(ascii: ".") {
      index &+= 1
      let fraction = index
      while index < end, let digit = unsafe Self.digit(text[index]) {
        take(digit, &count, behindPoint: true)
        index &+= 1
      }
      seen += index - fraction
    }
    guard seen > 0 else { return nil }
    if index < end {
      guard unsafe readExponent(text, &index), index == end else { return nil }
    }
  }

  @inline(__always)
  private static func digit(_ byte: UInt8) -> UInt64? {
    let digit = byte &- UInt8(ascii: "0")
    return digit < 10 ? UInt64(digit) : nil
  }

  @inline(__always)
  private mutating func take(_ digit: UInt64, _ count: inout Int, behindPoint: Bool) {
    if count < 19 {
      digits = digits &* 10 &+ digit
      if digits != 0 { count &+= 1 }
      if behindPoint { exponent &-= 1 }
    } else if !behindPoint {
      exponent &+= 1
    }
  }

  private mutating func readExponent(
    _ text: UnsafeBufferPointer<UInt8>, _ index: inout Int
  ) -> Bool {
    guard unsafe text[index] | 0x20 == UInt8(ascii: "e") else { return false }
    index += 1
    var isBelow = false
    if index < text.count,
      unsafe text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+")
    {
      unsafe isBelow = text[index] == UInt8(ascii: "-")
      index += 1
    }
    let start = index
    var power = 0
    while index < text.count, let digit = unsafe Self.digit(text[index]) {
      // Beyond every bound already; it mustn't overflow.
      if power < 1 << 40 { power = power * 10 + Int(digit) }
      index += 1
    }
    exponent += isBelow ? -power : power
    return index > start
  }
}
