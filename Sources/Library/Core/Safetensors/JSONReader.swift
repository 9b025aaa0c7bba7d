// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

/// Reads JSON (RFC 8259) from front to back without allocating, and refuses what the official
/// safetensors reader refuses: comments, trailing commas, NaN, raw control characters, lone
/// surrogates, numbers beyond a double, values nested too deep. The bytes are UTF-8 already checked.
struct JSONReader {
  let bytes: ByteView
  private(set) var position = 0

  /// As many levels as serde_json's parser takes, the outermost object included.
  static var deepest: Int { 127 }

  init(_ bytes: ByteView, from position: Int = 0) {
    self.bytes = bytes
    self.position = position
  }

  /// The next byte, or nil at the end.
  private var next: UInt8? {
    position < bytes.count ? bytes.byte(at: position) : nil
  }

  func malformed(_ expected: StaticString) -> Failure {
    if let found = next {
      return Failure(
        LEAT_E_FORMAT, "header byte \(position): found \(character: found), expected \(expected)")
    }
    return Failure(LEAT_E_FORMAT, "header byte \(position): it ends here, expected \(expected)")
  }

  mutating func skipWhitespace() {
    while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 {
      position += 1
    }
  }

  /// Takes the byte if it comes next, behind any white space.
  mutating func take(_ byte: UInt8) -> Bool {
    skipWhitespace()
    guard next == byte else { return false }
    position += 1
    return true
  }

  mutating func expect(_ byte: UInt8, _ name: StaticString) throws(Failure) {
    guard take(byte) else { throw malformed(name) }
  }

  /// Nothing but white space may follow.
  mutating func expectEnd() throws(Failure) {
    skipWhitespace()
    guard next == nil else { throw malformed("nothing more") }
  }

  mutating func takeNull() throws(Failure) -> Bool {
    skipWhitespace()
    guard next == UInt8(ascii: "n") else { return false }
    try skipLiteral("null")
    return true
  }

  // MARK: Strings

  mutating func string() throws(Failure) -> JSONString {
    try expect(UInt8(ascii: "\""), "a string")
    let start = position
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        return JSONString(bytes: bytes, start: start, end: position - 1)
      case UInt8(ascii: "\\"):
        position += 1
        try skipEscape()
      case 0..<0x20:
        throw malformed("no control character in a string")
      default:
        position += 1
      }
    }
    throw malformed("the end of a string")
  }

  private mutating func skipEscape() throws(Failure) {
    switch next {
    case UInt8(ascii: "u"):
      let unit = try hexadecimal()
      if unit >> 10 == 0x37 { throw malformed("a high surrogate before a low one") }
      if unit >> 10 == 0x36 {
        guard next == UInt8(ascii: "\\") else { throw malformed("a low surrogate") }
        position += 1
        guard next == UInt8(ascii: "u"), try hexadecimal() >> 10 == 0x37 else {
          throw malformed("a low surrogate")
        }
      }
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      position += 1
    default:
      throw malformed("an escape sequence")
    }
  }

  /// Reads `uXXXX`.
  private mutating func hexadecimal() throws(Failure) -> UInt32 {
    position += 1
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = next.flatMap(JSONString.hexDigit) else {
        throw malformed("four hexadecimal digits")
      }
      unit = unit << 4 | digit
      position += 1
    }
    return unit
  }

  // MARK: Numbers

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

  private mutating func skipNumber() throws(Failure) {
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
  /// digits stand from `start` to `end`, a point among them.
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

  // MARK: Any value

  private mutating func skipLiteral(_ literal: StaticString) throws(Failure) {
    let start = position
    var matches = true
    literal.withUTF8Buffer { utf8 in
      for index in utf8.indices {
        guard next == (unsafe utf8[index]) else {
          matches = false
          return
        }
        position += 1
      }
    }
    guard matches else {
      position = start
      throw malformed("a value")
    }
  }

  /// Checks and passes over one value that stands `depth` levels deep. Keeps a stack of bits, one a
  /// level, that says which levels are objects.
  mutating func skipValue(depth: Int) throws(Failure) {
    var isObject = InlineArray<128, Bool>(repeating: false)
    var level = depth
    repeat {
      skipWhitespace()
      switch next {
      case UInt8(ascii: "\""):
        _ = try string()
      case UInt8(ascii: "t"):
        try skipLiteral("true")
      case UInt8(ascii: "f"):
        try skipLiteral("false")
      case UInt8(ascii: "n"):
        try skipLiteral("null")
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        let opensObject = next == UInt8(ascii: "{")
        guard level < JSONReader.deepest else { throw malformed("fewer levels of nesting") }
        position += 1
        level += 1
        isObject[level] = opensObject
        if !take(opensObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
          if opensObject { try key() }
          continue
        }
        level -= 1
      default:
        try skipNumber()
      }
      // Behind a value: close what ends here, or go on to the next one.
      while level > depth {
        if take(UInt8(ascii: ",")) {
          if isObject[level] { try key() }
          break
        }
        try expect(
          isObject[level] ? UInt8(ascii: "}") : UInt8(ascii: "]"), "',' or a closing bracket")
        level -= 1
      }
    } while level > depth
  }

  private mutating func key() throws(Failure) {
    _ = try string()
    try expect(UInt8(ascii: ":"), "':'")
  }
}
