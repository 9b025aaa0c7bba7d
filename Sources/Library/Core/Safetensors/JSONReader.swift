// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

/// Reads JSON (RFC 8259) from front to back without allocating, and refuses what the official
/// safetensors reader refuses: comments, trailing commas, NaN, raw control characters, lone
/// surrogates, numbers beyond a double, values nested too deep. The bytes were checked to be UTF-8.
struct JSONReader {
  let explanation: Explanation
  let bytes: ByteView
  var position = 0

  /// The most levels that serde_json's parser accepts, with the outermost object.
  static var deepest: Int { 127 }

  init(_ bytes: ByteView, from position: Int = 0, _ explanation: Explanation) {
    self.explanation = explanation
    self.bytes = bytes
    self.position = position
  }

  /// The next byte, or nil at the end.
  var next: UInt8? {
    position < bytes.count ? bytes.byte(at: position) : nil
  }

  func malformed(_ expected: StaticString) -> Failure {
    if let found = next {
      return explanation.failure(
        LEAT_E_FORMAT, "header byte \(position): found \(character: found), expected \(expected)")
    }
    return explanation.failure(
      LEAT_E_FORMAT, "header byte \(position): it ends here, expected \(expected)")
  }

  mutating func skipWhitespace() {
    while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 {
      position += 1
    }
  }

  /// Skips white space, and then the byte, if it comes next.
  mutating func take(_ byte: UInt8) -> Bool {
    skipWhitespace()
    guard next == byte else { return false }
    position += 1
    return true
  }

  mutating func expect(_ byte: UInt8, _ name: StaticString) throws(Failure) {
    guard take(byte) else { throw malformed(name) }
  }

  /// Checks that only white space follows.
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

  /// Checks and skips a value that is `depth` levels deep. For each level, `isObject` says whether
  /// it is an object or an array.
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
      // After a value: close the levels that end here, or continue with the next value.
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
