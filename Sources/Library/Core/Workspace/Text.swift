// SPDX-License-Identifier: MIT

import LeatSupport

/// A short text of up to 256 bytes, held in the value itself: the name of a tensor or of a module,
/// or a metadata key.
struct Text {
  static var capacity: Int { 256 }

  private(set) var bytes = InlineArray<256, UInt8>(repeating: 0)
  private(set) var count = 0

  init() {}

  /// False when the text is full.
  mutating func append(_ byte: UInt8) -> Bool {
    guard count < Text.capacity else { return false }
    bytes[count] = byte
    count += 1
    return true
  }

  mutating func append(_ literal: StaticString) -> Bool {
    var fits = true
    literal.withUTF8Buffer { utf8 in
      for index in utf8.indices { fits = unsafe append(utf8[index]) && fits }
    }
    return fits
  }

  mutating func append(_ text: Text) -> Bool {
    for index in 0..<text.count {
      guard append(text.bytes[index]) else { return false }
    }
    return true
  }

  func slice(_ start: Int, _ end: Int) -> Text {
    var result = Text()
    for index in start..<max(start, end) { _ = result.append(bytes[index]) }
    return result
  }

  func lastIndex(of byte: UInt8) -> Int? {
    var index = count
    while index > 0 {
      index -= 1
      if bytes[index] == byte { return index }
    }
    return nil
  }

  func firstIndex(of byte: UInt8) -> Int? {
    for index in 0..<count where bytes[index] == byte { return index }
    return nil
  }

  func hasPrefix(_ literal: StaticString) -> Bool {
    guard literal.utf8CodeUnitCount <= count else { return false }
    return slice(0, literal.utf8CodeUnitCount) == literal
  }

  func isPrefix(of literal: StaticString) -> Bool {
    guard literal.utf8CodeUnitCount >= count else { return false }
    var isEqual = true
    literal.withUTF8Buffer { utf8 in
      for index in 0..<count where bytes[index] != (unsafe utf8[index]) { isEqual = false }
    }
    return isEqual
  }

  func hasSuffix(_ literal: StaticString) -> Bool {
    let start = count - literal.utf8CodeUnitCount
    return start >= 0 && slice(start, count) == literal
  }

  /// The decimal number written from `start` to the end, without sign or leading zeros.
  func number(from start: Int) -> Int? {
    guard start < count, count - start <= 9, bytes[start] != UInt8(ascii: "0") || count - start == 1
    else { return nil }
    var value = 0
    for index in start..<count {
      let digit = bytes[index] &- UInt8(ascii: "0")
      guard digit <= 9 else { return nil }
      value = value * 10 + Int(digit)
    }
    return value
  }

  static func == (left: Text, right: Text) -> Bool {
    guard left.count == right.count else { return false }
    for index in 0..<left.count {
      guard left.bytes[index] == right.bytes[index] else { return false }
    }
    return true
  }

  static func == (left: Text, right: StaticString) -> Bool {
    guard left.count == right.utf8CodeUnitCount else { return false }
    var isEqual = true
    right.withUTF8Buffer { utf8 in
      for index in utf8.indices where left.bytes[index] != (unsafe utf8[index]) { isEqual = false }
    }
    return isEqual
  }
}

func ~= (pattern: StaticString, text: Text) -> Bool { text == pattern }

extension Message.Interpolation {
  mutating func appendInterpolation(_ text: Text) {
    for index in 0..<text.count {
      let byte = text.bytes[index]
      if index >= 72, byte & 0xc0 != 0x80 {
        appendLiteral("...")
        return
      }
      appendInterpolation(foreign: byte)
    }
  }
}
