// SPDX-License-Identifier: MIT

import LeatSupport
import Testing

@testable import LeatCore

@Suite struct JSONTests {
  private func read<Result>(_ text: String, _ body: (inout JSONReader) -> Result) -> Result {
    let bytes = Array(text.utf8)
    return bytes.withUnsafeBytes { bytes in
      Explanation.withExplanation { explanation in
        var json = JSONReader(
          ByteView(bytes.baseAddress ?? bytes.startPointer, count: bytes.count), explanation)
        return body(&json)
      }
    }
  }

  private func accepts(_ text: String) -> Bool {
    read(text) { json in
      do {
        try json.skipValue(depth: 0)
        try json.expectEnd()
        return true
      } catch {
        return false
      }
    }
  }

  @Test(
    "takes what JSON is",
    arguments: [
      "0", "-0", "10", "1.5e-7", "1e308", "1.7976931348623157e308", "0.0001e310", "0e999", "true",
      "false", "null", "\"\"", "\"\\u00e9\\ud83d\\ude00\\n\"", "[]", "{}", "[[],{}]",
      "{\"a\":[1,{\"b\":null}],\"c\":\"d\"}", " [ 1 , 2 ] ",
    ])
  func valid(_ text: String) { #expect(accepts(text)) }

  @Test(
    "refuses what it is not",
    arguments: [
      "", "01", "+1", "1.", ".5", "1e", "1e309", "1.8e308", "0.001e313", "NaN", "tru", "nul",
      "\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"", "\"\u{1}\"",
      "[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{1:2}", "{a:1}", "[}", "{]",
      "[1", "{\"a\":1", "1 2", "'a'", "/**/1",
    ])
  func invalid(_ text: String) { #expect(!accepts(text)) }

  @Test("takes 127 levels and no more")
  func depth() {
    #expect(accepts(String(repeating: "[", count: 127) + String(repeating: "]", count: 127)))
    #expect(!accepts(String(repeating: "[", count: 128) + String(repeating: "]", count: 128)))
  }

  @Test("resolves escapes to UTF-8")
  func unescape() {
    let text = "\"a\\u0062\\u00e9\\u20ac\\ud83d\\ude00\\/\\\"\\n\""
    let found: [UInt8] = read(text) { json in
      guard let string = try? json.string() else { return [] }
      var result: [UInt8] = []
      var characters = JSONString.Unescaped(string)
      while let byte = characters.next() { result.append(byte) }
      return result
    }
    #expect(found == Array("abé€😀/\"\n".utf8))
  }

  @Test(
    "tells UTF-8 from other bytes",
    arguments: [
      ([0x61], true), ([0xc3, 0xa9], true), ([0xe2, 0x82, 0xac], true),
      ([0xf0, 0x9f, 0x98, 0x80], true), ([0x80], false), ([0xc0, 0x80], false),
      ([0xe0, 0x80, 0x80], false), ([0xed, 0xa0, 0x80], false), ([0xf4, 0x90, 0x80, 0x80], false),
      ([0xf5, 0x80, 0x80, 0x80], false), ([0xe2, 0x82], false), ([0xff], false),
    ] as [([UInt8], Bool)])
  func utf8(_ bytes: [UInt8], _ isValid: Bool) {
    bytes.withUnsafeBytes { #expect(ByteView($0.baseAddress!, count: $0.count).isUTF8 == isValid) }
  }
}

extension UnsafeRawBufferPointer {
  /// Some address, for an empty buffer.
  fileprivate var startPointer: UnsafeRawPointer { UnsafeRawPointer(bitPattern: 8)! }
}
