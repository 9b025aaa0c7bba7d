// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport
import Testing

@testable import LeatCore

@Suite struct MessageTests {
  private func text(_ message: Message) -> String {
    var error = leat_error()
    _ = reportFailure(to: &error) { explanation throws(Failure) in
      throw explanation.failure(LEAT_E_ARGUMENT, message)
    }
    return line(of: error)
  }

  private func line(of error: leat_error) -> String {
    withUnsafeBytes(of: error.message) { bytes in
      #expect(bytes.contains(0))
      let line = bytes.prefix { $0 != 0 }
      #expect(String(validating: line, as: UTF8.self) != nil, "not UTF-8")
      return String(decoding: line, as: UTF8.self)
    }
  }

  @Test("numbers are written as they are")
  func numbers() {
    #expect(text("\(0) \(-1) \(Int.min) \(UInt64.max)") == "0 -1 \(Int.min) \(UInt64.max)")
  }

  @Test("floats are written with four digits")
  func floats() {
    let written = text(
      "\(Float(0)) \(Float(1.5)) \(Float(-3.4e38)) \(Float.nan) \(-Float.infinity) \(Float(1e-45)) \(Float(9.9999))"
    )
    #expect(written == "0 1.500 -3.400e38 nan -inf 1.401e-45 1e1")
  }

  @Test("a line that is too long is cut between characters")
  func long() {
    for padding in 0..<4 {
      var message: Message = ""
      for _ in 0..<padding { message.append(byte: UInt8(ascii: "a")) }
      for _ in 0..<100 { for byte in "€".utf8 { message.append(byte: byte) } }
      let line = text(message)
      #expect(line.utf8.count <= 239)
      #expect(line.utf8.count >= 237)
    }
  }

  @Test("an error is untouched if a failure was caught")
  func caught() {
    var error = leat_error()
    let code = reportFailure(to: &error) { explanation throws(Failure) in
      do throws(Failure) {
        throw explanation.failure(LEAT_E_ARGUMENT, "a failure")
      } catch { return LEAT_OK }
    }
    #expect(code == LEAT_OK)
    #expect(error.code == LEAT_OK)
    #expect(withUnsafeBytes(of: error.message) { $0.allSatisfy { $0 == 0 } })
  }

  @Test("what nobody reports leaves the message of an earlier failure")
  func unreported() {
    var error = leat_error()
    let code = reportFailure(to: &error) { explanation throws(Failure) in
      let first = explanation.failure(LEAT_E_IO, "the first")
      _ = Explanation.none.failure(LEAT_E_ARGUMENT, "the second")
      throw first
    }
    #expect(code == LEAT_E_IO)
    #expect(line(of: error) == "the first")
  }

  @Test("a failure's message may become part of another")
  func nested() {
    var error = leat_error()
    let code = reportFailure(to: &error) { explanation throws(Failure) in
      let inner = explanation.failure(LEAT_E_IO, "\(1) failure", sqliteCode: 7)
      throw explanation.failure(
        inner.code, "outer: \(explanation.message)", sqliteCode: inner.sqliteCode)
    }
    #expect(code == LEAT_E_IO)
    #expect(error.sqlite_code == 7)
    #expect(line(of: error) == "outer: 1 failure")
  }

  @Test("control characters of foreign text don't get through")
  func control() {
    "a\u{1b}[31m\n".withCString { #expect(text("\(text: $0)") == "a?[31m?") }
    "\u{9b}é\u{7f}€\u{80}😀\u{9f}".withCString { #expect(text("\(text: $0)") == "?é?€?😀?") }
  }

  @Test("bytes that are not UTF-8 don't get through either")
  func bytes() {
    // Bare C1 controls, an overlong ESC, half a surrogate, and a character that is cut.
    let foreign: [UInt8] = [0x9b, 0x41, 0xc0, 0x9b, 0xed, 0xa0, 0x80, 0xc3, 0xa9, 0xe2, 0x82]
    foreign.withUnsafeBytes { bytes in
      let view = ByteView(bytes.baseAddress!, count: bytes.count)
      #expect(text("'\(foreign: view)'") == "'?A?????é??'")
    }
  }
}
