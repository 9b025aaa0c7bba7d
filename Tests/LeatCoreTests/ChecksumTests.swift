// SPDX-License-Identifier: MIT

import LeatSupport
import Testing

@Suite struct ChecksumTests {
  @Test("CRC32C gives the check values of RFC 3720, B.4")
  func crc() {
    func crc(_ bytes: [UInt8]) -> UInt32 {
      var checksum = CRC32C()
      for byte in bytes { checksum.update(byte) }
      return checksum.value
    }
    #expect(crc(Array("123456789".utf8)) == 0xe306_9283)
    #expect(crc([UInt8](repeating: 0, count: 32)) == 0x8a91_36aa)
    #expect(crc([UInt8](repeating: 0xff, count: 32)) == 0x62a8_ab43)
    #expect(crc(Array(0..<32)) == 0x46dd_794e)
    #expect(crc([]) == 0)
  }

  @Test("CRC32C of many bytes, by either way, is that of one after the other", arguments: 0..<9)
  func crcOfMany(_ offset: Int) {
    let bytes = (0..<309).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ $0 >> 3) }
    for count in 0...300 {
      let part = bytes[offset..<offset + count]
      var one = CRC32C()
      for byte in part { one.update(byte) }
      for var many in bothWays {
        part.withUnsafeBytes { many.update($0) }
        #expect(many.value == one.value)
      }
    }
  }

  @Test("CRC32C is the same wherever the bytes are split, even if the way changes there")
  func crcOfSplit() {
    let bytes = (0..<61).map { UInt8(truncatingIfNeeded: $0 &* 91 &+ 7) }
    var whole = CRC32C()
    bytes.withUnsafeBytes { whole.update($0) }
    for split in 0...bytes.count {
      for var head in bothWays {
        bytes[..<split].withUnsafeBytes { head.update($0) }
        for byInstruction in waysOfThisProcessor {
          var tail = CRC32C(after: head.value, byInstruction: byInstruction)
          bytes[split...].withUnsafeBytes { tail.update($0) }
          #expect(tail.value == whole.value)
        }
        bytes[split...].withUnsafeBytes { head.update($0) }
        #expect(head.value == whole.value)
      }
    }
  }

  @Test("CRC32C of three parts, by either way, is that of each", arguments: [0, 1, 7])
  func crcOfThree(_ gap: Int) {
    let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 59 &+ $0 >> 2) }
    for size in 0...90 {
      let starts = [1, 1 + size + gap, 1 + 2 * (size + gap)]
      let expected = starts.map { start in
        var one = CRC32C()
        for byte in bytes[start..<start + size] { one.update(byte) }
        return one.value
      }
      for byInstruction in waysOfThisProcessor {
        let found = bytes.withUnsafeBytes {
          CRC32C.ofThree(
            $0.baseAddress! + 1, stride: size + gap, size: size, byInstruction: byInstruction)
        }
        #expect([found[0], found[1], found[2]] == expected)
      }
    }
  }

  @Test("this processor's CRC32C is by its instruction")
  func crcInstruction() {
    #if arch(x86_64)
      #expect(CRC32C.hasInstruction)
    #endif
  }

  @Test("CRC32C takes a number as its little-endian bytes")
  func crcOfNumber() {
    for number in [0, 1, 0x0807_0605_0403_0201, 0xfedc_ba98_7654_3210, UInt64.max] {
      var ofBytes = CRC32C(after: 0x1234_5678)
      for shift in stride(from: 0, to: 64, by: 8) {
        ofBytes.update(UInt8(truncatingIfNeeded: number >> UInt64(shift)))
      }
      for byInstruction in waysOfThisProcessor {
        var ofNumber = CRC32C(after: 0x1234_5678, byInstruction: byInstruction)
        ofNumber.update(number)
        #expect(ofNumber.value == ofBytes.value)
      }
    }
  }

  /// By the table, and by the instruction where there is one.
  private var waysOfThisProcessor: [Bool] { CRC32C.hasInstruction ? [false, true] : [false] }
  private var bothWays: [CRC32C] { waysOfThisProcessor.map { CRC32C(byInstruction: $0) } }

  @Test(
    "SHA-256 gives the digests of FIPS 180-4's examples",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
    ])
  func sha(_ text: String, _ digest: String) {
    for var hash in bothHashes {
      for byte in text.utf8 { hash.update(byte) }
      #expect(hexadecimal(hash.finish()) == digest)
    }
  }

  @Test("SHA-256 of a million a's, which crosses many blocks")
  func shaOfMany() {
    for var hash in bothHashes {
      for _ in 0..<1_000_000 { hash.update(UInt8(ascii: "a")) }
      #expect(
        hexadecimal(hash.finish())
          == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }
  }

  /// Without the processor's instructions, and with them where there are any.
  private var bothHashes: [SHA256] {
    SHA256.hasInstructions
      ? [SHA256(byInstruction: false), SHA256(byInstruction: true)]
      : [SHA256(byInstruction: false)]
  }

  @Test("SHA-256 takes words as their bytes, wherever in a block they begin", arguments: 0..<8)
  func shaOfWords(_ offset: Int) {
    var words = SHA256(byInstruction: false)
    var bytes = SHA256()
    for _ in 0..<offset {
      words.update(UInt8(7))
      bytes.update(UInt8(7))
    }
    for word in UInt32(0)..<100 {
      words.update(word &* 0x9e37_79b9)
      for shift in [0, 8, 16, 24] {
        bytes.update(UInt8(truncatingIfNeeded: (word &* 0x9e37_79b9) >> shift))
      }
    }
    #expect(hexadecimal(words.finish()) == hexadecimal(bytes.finish()))
  }

  @Test("SHA-256 of many bytes is that of one after the other", arguments: [0, 5, 64])
  func shaOfBytes(_ offset: Int) {
    let bytes = (0..<400).map { UInt8(truncatingIfNeeded: $0 &* 83 &+ $0 >> 3) }
    for count in [0, 1, 58, 59, 60, 63, 64, 65, 127, 128, 129, 300] {
      var many = SHA256()
      var one = SHA256()
      for byte in bytes[..<offset] {
        many.update(byte)
        one.update(byte)
      }
      bytes.withUnsafeBytes {
        many.update(ByteView($0.baseAddress! + offset, count: count))
      }
      for byte in bytes[offset..<offset + count] { one.update(byte) }
      many.update(UInt8(7))
      one.update(UInt8(7))
      #expect(hexadecimal(many.finish()) == hexadecimal(one.finish()))
    }
  }

  private func hexadecimal(_ digest: InlineArray<32, UInt8>) -> String {
    var text = ""
    for index in 0..<32 {
      text += String(digest[index] >> 4, radix: 16) + String(digest[index] & 15, radix: 16)
    }
    return text
  }
}
