// SPDX-License-Identifier: MIT

extension Message {
  package struct Interpolation: StringInterpolationProtocol {
    package typealias StringLiteralType = StaticString

    var message: Message

    @inline(__always)
    package init(literalCapacity: Int, interpolationCount: Int) { self.init() }

    /// Not inlined, and without arguments: every message begins with it.
    @inline(never)
    package init() { message = "" }

    package mutating func appendLiteral(_ literal: StaticString) { message.append(literal) }

    package mutating func appendInterpolation(_ text: StaticString) { message.append(text) }

    package mutating func appendInterpolation(foreign byte: UInt8) { message.append(foreign: byte) }

    @inline(never)
    package mutating func appendInterpolation(_ message: Message) {
      for index in 0..<message.count { self.message.append(byte: message.byte(at: index)) }
    }

    package mutating func appendInterpolation<Number: FixedWidthInteger>(_ number: Number) {
      if Number.isSigned { message.append(Int64(number)) } else { message.append(UInt64(number)) }
    }

    package mutating func appendInterpolation(_ number: Float) { message.append(number) }

    /// One byte of foreign text: in quotes if it is printable ASCII, else as 0x and two digits.
    package mutating func appendInterpolation(character byte: UInt8) {
      if byte > 0x20, byte < 0x7f {
        appendLiteral("'")
        message.append(byte: byte)
        appendLiteral("'")
      } else {
        appendLiteral("0x")
        message.append(hexDigit: byte >> 4)
        message.append(hexDigit: byte & 15)
      }
    }

    /// A NUL-terminated C string from the caller, as foreign bytes.
    package mutating func appendInterpolation(text: UnsafePointer<CChar>) {
      var length = 0
      while length <= Message.capacity, unsafe text[length] != 0 { length += 1 }
      appendInterpolation(foreign: unsafe ByteView(text, count: length))
    }

    /// Any bytes. Those that aren't UTF-8 become `?`, as control characters do: some terminals obey
    /// a lone 0x9b as they obey ESC and [.
    @inline(never)
    package mutating func appendInterpolation(foreign bytes: ByteView) {
      var offset = 0
      while offset < bytes.count {
        let size = bytes.characterSize(at: offset)
        if size == 0 {
          message.append(byte: UInt8(ascii: "?"))
        } else {
          for place in offset..<offset + size { message.append(foreign: bytes.byte(at: place)) }
        }
        offset += max(size, 1)
      }
    }

    /// Bytes as hexadecimal digits.
    package mutating func appendInterpolation(hex bytes: Span<UInt8>, most: Int) {
      for index in 0..<min(bytes.count, most) {
        message.append(hexDigit: bytes[index] >> 4)
        message.append(hexDigit: bytes[index] & 15)
      }
    }
  }
}
