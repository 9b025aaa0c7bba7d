// SPDX-License-Identifier: MIT

/// JSON for the page's script. Its arrays of numbers are little endian, in base64.
enum JSON {
  static func array(_ elements: [String]) -> String {
    "[\(elements.joined(separator: ","))]"
  }

  /// Safe inside a script element, too.
  static func string(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\", "<", ">", "&", "'", "\u{0}"..."\u{1f}", "\u{7f}"..."\u{9f}",
        "\u{2028}", "\u{2029}", "\u{202a}"..."\u{202e}", "\u{2066}"..."\u{2069}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  static func base64<Word: FixedWidthInteger>(_ words: [Word]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = [0x22]
    text.reserveCapacity(words.count * Word.bitWidth / 6 + 8)
    var group: UInt32 = 0
    var count = 0
    func digit(_ index: Int) -> UInt8 { alphabet[Int(group >> UInt32(18 - 6 * index)) & 63] }
    for word in words {
      for shift in stride(from: 0, to: Word.bitWidth, by: 8) {
        group = group << 8 | UInt32(UInt8(truncatingIfNeeded: word >> Word(shift)))
        count += 1
        if count == 3 {
          for index in 0..<4 { text.append(digit(index)) }
          (group, count) = (0, 0)
        }
      }
    }
    if count > 0 {
      group <<= UInt32(8 * (3 - count))
      for index in 0...count { text.append(digit(index)) }
      for _ in count..<3 { text.append(0x3d) }
    }
    text.append(0x22)
    return String(decoding: text, as: UTF8.self)
  }
}
