// SPDX-License-Identifier: MIT

import LeatSupport

/// A string of the header, still escaped: the place of its characters, without the quotes.
struct JSONString {
  let bytes: ByteView
  let start: Int
  let end: Int

  static func hexDigit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): return UInt32(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): return UInt32(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): return UInt32(byte - UInt8(ascii: "A") + 10)
    default: return nil
    }
  }

  /// The bytes of its UTF-8, one by one, escapes resolved.
  struct Unescaped {
    private let bytes: ByteView
    private var position: Int
    private let end: Int
    /// The remaining bytes of a character that is written as \u.
    private var pending: UInt32 = 0

    init(_ string: JSONString) {
      bytes = string.bytes
      position = string.start
      end = string.end
    }

    mutating func next() -> UInt8? {
      if pending != 0 {
        let byte = UInt8(truncatingIfNeeded: pending)
        pending >>= 8
        return byte
      }
      guard position < end else { return nil }
      let byte = bytes.byte(at: position)
      position += 1
      guard byte == UInt8(ascii: "\\") else { return byte }
      let escape = bytes.byte(at: position)
      position += 1
      switch escape {
      case UInt8(ascii: "b"): return 0x08
      case UInt8(ascii: "f"): return 0x0c
      case UInt8(ascii: "n"): return 0x0a
      case UInt8(ascii: "r"): return 0x0d
      case UInt8(ascii: "t"): return 0x09
      case UInt8(ascii: "u"): return character()
      default: return escape
      }
    }

    private mutating func unit() -> UInt32 {
      var unit: UInt32 = 0
      for _ in 0..<4 {
        unit = unit << 4 | (JSONString.hexDigit(bytes.byte(at: position)) ?? 0)
        position += 1
      }
      return unit
    }

    /// The first byte of the character that a \u escape writes. The others are put in `pending`,
    /// the next one lowest.
    private mutating func character() -> UInt8 {
      var scalar = unit()
      if scalar >> 10 == 0x36 {
        position += 2  // the low surrogate's \u
        scalar = 0x10000 + ((scalar & 0x3ff) << 10 | (unit() & 0x3ff))
      }
      switch scalar {
      case 0..<0x80:
        return UInt8(scalar)
      case 0x80..<0x800:
        pending = 0x80 | scalar & 0x3f
        return UInt8(0xc0 | scalar >> 6)
      case 0x800..<0x10000:
        pending = (0x80 | scalar & 0x3f) << 8 | 0x80 | scalar >> 6 & 0x3f
        return UInt8(0xe0 | scalar >> 12)
      default:
        pending =
          (0x80 | scalar & 0x3f) << 16 | (0x80 | scalar >> 6 & 0x3f) << 8 | 0x80 | scalar >> 12
          & 0x3f
        return UInt8(0xf0 | scalar >> 18)
      }
    }
  }

  /// Whether it fits in a `Text`.
  var isShort: Bool { Text(self) != nil }

  var hasNUL: Bool {
    var characters = Unescaped(self)
    while let byte = characters.next() { if byte == 0 { return true } }
    return false
  }

  static func == (left: JSONString, right: JSONString) -> Bool {
    var a = Unescaped(left)
    var b = Unescaped(right)
    while true {
      let byte = a.next()
      guard byte == b.next() else { return false }
      if byte == nil { return true }
    }
  }

  static func == (left: JSONString, right: StaticString) -> Bool {
    Text(left).map { $0 == right } ?? false
  }
}

extension Text {
  /// Nil when the string is too long.
  init?(_ string: JSONString) {
    // Built beside self: filled in place, `count` was lost by Swift 6.3.1's optimizer.
    var text = Text()
    var characters = JSONString.Unescaped(string)
    while let byte = characters.next() { guard text.append(byte) else { return nil } }
    self = text
  }
}

extension Message.Interpolation {
  /// The beginning of a name, cut between characters, so that the rest of the line fits.
  mutating func appendInterpolation(_ string: JSONString) {
    var characters = JSONString.Unescaped(string)
    var count = 0
    while let byte = characters.next() {
      count += 1
      if count > 72, byte & 0xc0 != 0x80 {
        appendLiteral("...")
        return
      }
      appendInterpolation(foreign: byte)
    }
  }
}
