// SPDX-License-Identifier: MIT

/// A decimal number's parts: ±digits · 10^exponent, without the digits after the nineteenth.
struct ScannedDecimal {
  private(set) var digits: UInt64 = 0
  private(set) var exponent = 0
  private(set) var isNegative = false

  /// - Parameter point: the decimal sign
  @inline(__always)
  init?(_ text: UnsafeBufferPointer<UInt8>, point: UInt8) {
    let end = text.count
    var index = 0
    guard end > 0 else { return nil }
    if unsafe text[0] == UInt8(ascii: "-") || text[0] == UInt8(ascii: "+") {
      unsafe isNegative = text[0] == UInt8(ascii: "-")
      index = 1
    }
    var count = 0  // of digits, without leading zeros
    let start = index
    unsafe readDigits(text, &index, &count, isFraction: false)
    var total = index - start
    if index < end, unsafe text[index] == point {
      index &+= 1
      let fraction = index
      unsafe readDigits(text, &index, &count, isFraction: true)
      total += index - fraction
    }
    guard total > 0 else { return nil }
    if index < end {
      guard unsafe readExponent(text, &index), index == end else { return nil }
    }
  }

  /// The nearest Double, if both parts are exact in a Double: then there is one rounding.
  var exactDouble: Double? {
    guard digits <= 1 << 53, (-22...22).contains(exponent) else { return nil }
    let power = PowersOfTen.exact[abs(exponent)]
    let magnitude = exponent < 0 ? Double(digits) / power : Double(digits) * power
    return isNegative ? -magnitude : magnitude
  }

  @inline(__always)
  private static func digit(_ byte: UInt8) -> UInt64? {
    let digit = byte &- UInt8(ascii: "0")
    return digit < 10 ? UInt64(digit) : nil
  }

  @inline(__always)
  private mutating func readDigits(
    _ text: UnsafeBufferPointer<UInt8>, _ index: inout Int, _ count: inout Int, isFraction: Bool
  ) {
    guard text.count <= 19 else {
      while index < text.count, let digit = unsafe Self.digit(text[index]) {
        append(digit, &count, isFraction: isFraction)
        index &+= 1
      }
      return
    }
    // All digits fit.
    let start = index
    while index < text.count, let digit = unsafe Self.digit(text[index]) {
      digits = digits &* 10 &+ digit
      index &+= 1
    }
    if isFraction { exponent = start &- index }
  }

  @inline(__always)
  private mutating func append(_ digit: UInt64, _ count: inout Int, isFraction: Bool) {
    if count < 19 {
      digits = digits &* 10 &+ digit
      if digits != 0 { count &+= 1 }
      if isFraction { exponent &-= 1 }
    } else if !isFraction {
      exponent &+= 1
    }
  }

  private mutating func readExponent(
    _ text: UnsafeBufferPointer<UInt8>, _ index: inout Int
  ) -> Bool {
    guard unsafe text[index] | 0x20 == UInt8(ascii: "e") else { return false }
    index += 1
    var exponentIsNegative = false
    if index < text.count,
      unsafe text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+")
    {
      unsafe exponentIsNegative = text[index] == UInt8(ascii: "-")
      index += 1
    }
    let start = index
    var power = 0
    while index < text.count, let digit = unsafe Self.digit(text[index]) {
      // A larger power changes no result, and would overflow.
      if power < 1 << 40 { power = power * 10 + Int(digit) }
      index += 1
    }
    exponent += exponentIsNegative ? -power : power
    return index > start
  }
}
