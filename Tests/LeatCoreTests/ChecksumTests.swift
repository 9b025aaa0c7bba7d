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

  @Test("CRC32C of many bytes is that of one after the other", arguments: 0..<9)
  func crcOfMany(_ offset: Int) {
    let bytes = (0..<259).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ $0 >> 3) }
    for count in 0...(bytes.count - offset) {
      let part = bytes[offset..<offset + count]
      var one = CRC32C()
      for byte in part { one.update(byte) }
      var many = CRC32C()
      part.withUnsafeBytes { many.update($0) }
      #expect(many.value == one.value)
      var byInstruction = CRC32C(after: 0)
      part.withUnsafeBytes {
        byInstruction.update($0, hasInstruction: CRC32C.hasInstruction)
      }
      #expect(byInstruction.value == one.value)
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
    var ofNumber = CRC32C()
    ofNumber.update(UInt64(0x0807_0605_0403_0201))
    var ofBytes = CRC32C()
    for byte in UInt8(1)...8 { ofBytes.update(byte) }
    #expect(ofNumber.value == ofBytes.value)
  }

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
    var hash = SHA256()
    for byte in text.utf8 { hash.update(byte) }
    #expect(hexadecimal(hash.finish()) == digest)
  }

  @Test("SHA-256 of a million a's, which crosses many blocks")
  func shaOfMany() {
    var hash = SHA256()
    for _ in 0..<1_000_000 { hash.update(UInt8(ascii: "a")) }
    #expect(
      hexadecimal(hash.finish())
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test("SHA-256 takes words as their bytes, wherever in a block they begin", arguments: 0..<8)
  func shaOfWords(_ offset: Int) {
    var words = SHA256()
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

  private func hexadecimal(_ digest: InlineArray<32, UInt8>) -> String {
    var text = ""
    for index in 0..<32 {
      text += String(digest[index] >> 4, radix: 16) + String(digest[index] & 15, radix: 16)
    }
    return text
  }
}
