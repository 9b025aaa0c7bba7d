// SPDX-License-Identifier: MIT

/// One line of text for `leat_error.message`, built by string interpolation without allocating. A
/// line that is too long is cut off at the end.
package struct Message: ExpressibleByStringInterpolation {
  /// `leat_error.message` holds one byte more, for the NUL.
  package static let capacity = 239

  /// Four bytes in each word, the first one lowest. Not an array of bytes: a processor without wide
  /// registers would copy them one by one.
  private var words = InlineArray<60, UInt32>(repeating: 0)
  package private(set) var count = 0
  private var isCut = false

  private init() {}

  package init(stringLiteral literal: StaticString) {
    var message = Message()
    message.append(literal)
    self = message
  }

  /// Makes it empty without writing its text.
  @inline(__always)
  mutating func clear() { (count, isCut) = (0, false) }

  package func byte(at index: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: words[index / 4] >> UInt32(index % 4 * 8))
  }

  private mutating func set(_ byte: UInt8, at index: Int) {
    let shift = UInt32(index % 4 * 8)
    words[index / 4] = words[index / 4] & ~(0xff << shift) | UInt32(byte) << shift
  }

  package init(stringInterpolation interpolation: Interpolation) { self = interpolation.message }

  @inline(never)
  package mutating func append(byte: UInt8) {
    guard !isCut else { return }
    guard count < Message.capacity else { return cut(before: byte) }
    set(byte, at: count)
    count += 1
  }

  /// Ends a full line after a whole character.
  private mutating func cut(before byte: UInt8) {
    isCut = true
    guard byte & 0xc0 == 0x80 else { return }
    while count > 0, self.byte(at: count - 1) & 0xc0 == 0x80 { count -= 1 }
    if count > 0, self.byte(at: count - 1) >= 0xc0 { count -= 1 }
  }

  @inline(never)
  mutating func append(_ literal: StaticString) {
    literal.withUTF8Buffer { utf8 in
      for index in utf8.indices { append(byte: unsafe utf8[index]) }
    }
  }

  @inline(never)
  mutating func append(_ number: UInt64) {
    var digits = InlineArray<20, UInt8>(repeating: 0)
    var rest = number
    var length = 0
    repeat {
      digits[length] = UInt8(ascii: "0") + UInt8(rest % 10)
      rest /= 10
      length += 1
    } while rest != 0
    while length > 0 {
      length -= 1
      append(byte: digits[length])
    }
  }

  @inline(never)
  mutating func append(_ number: Int64) {
    if number < 0 { append(byte: UInt8(ascii: "-")) }
    append(number.magnitude)
  }

  mutating func append(hexDigit digit: UInt8) {
    append(byte: digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
  }

  /// A float with four significant digits, as `-1.234e-5`.
  @inline(never)
  mutating func append(_ number: Float) {
    if number.isNaN { return append("nan") }
    if number.sign == .minus { append(byte: UInt8(ascii: "-")) }
    if number.isInfinite { return append("inf") }
    var rest = Double(number.magnitude)
    var exponent = 0
    while rest >= 9.9995 {
      rest /= 10
      exponent += 1
    }
    while rest != 0, rest < 0.99995 {
      rest *= 10
      exponent -= 1
    }
    let digits = UInt64(rest * 1000 + 0.5)
    append(digits / 1000)
    let fraction = digits % 1000
    if fraction != 0 {
      append(byte: UInt8(ascii: "."))
      append(fraction / 100)
      append(fraction / 10 % 10)
      append(fraction % 10)
    }
    if exponent != 0 {
      append(byte: UInt8(ascii: "e"))
      if exponent < 0 { append(byte: UInt8(ascii: "-")) }
      append(UInt64(exponent.magnitude))
    }
  }

  /// Appends a byte of foreign text, which is known to be UTF-8, without control characters: a
  /// hostile name could break a terminal or a log. C0, DEL, and C1 (0xc2 0x80…0x9f) become `?`.
  package mutating func append(foreign byte: UInt8) {
    if byte >= 0x80, byte < 0xa0, count > 0, self.byte(at: count - 1) == 0xc2 {
      set(UInt8(ascii: "?"), at: count - 1)
      return
    }
    append(byte: byte < 0x20 || byte == 0x7f ? UInt8(ascii: "?") : byte)
  }
}
