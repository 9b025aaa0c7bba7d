// SPDX-License-Identifier: MIT

import CProcessor
import CSHA256

/// SHA-256, as FIPS 180-4 defines it in section 6.2. Libraries that have it need an allocator or an
/// operating system.
package struct SHA256 {
  private var hash: InlineArray<8, UInt32> = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a,
    0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]
  private var block = InlineArray<16, UInt32>(repeating: 0)
  private var length: UInt64 = 0

  private let byInstruction: Bool

  /// - Parameter byInstruction: whether the processor's instructions are used, which it must have
  package init(byInstruction: Bool = SHA256.hasInstructions) { self.byInstruction = byInstruction }

  /// Whether the processor has instructions for SHA-256, as far as can be found out: on arm64 not
  /// without a system.
  package static var hasInstructions: Bool { leat_processor_has_sha256() != 0 }

  package mutating func update(_ byte: UInt8) {
    let place = Int(length % 64)
    block[place / 4] = block[place / 4] << 8 | UInt32(byte)
    length &+= 1
    if place == 63 { compress() }
  }

  /// Updates with a number as its four little-endian bytes.
  @inline(__always)
  package mutating func update(_ number: UInt32) {
    let place = Int(length % 64)
    guard place % 4 == 0 else {
      for shift in 0..<4 { update(UInt8(truncatingIfNeeded: number >> UInt32(8 * shift))) }
      return
    }
    block[place / 4] = number.byteSwapped
    length &+= 4
    if place == 60 { compress() }
  }

  /// Updates with bytes, block by block where they can be.
  package mutating func update(_ bytes: ByteView) {
    var offset = 0
    while offset < bytes.count {
      guard length % 64 == 0, bytes.count - offset >= 64 else {
        update(bytes.byte(at: offset))
        offset += 1
        continue
      }
      for word in 0..<16 {
        let number = bytes.littleEndian(at: offset &+ 4 &* word, as: UInt32.self)
        block[word] = number.byteSwapped
      }
      compress()
      length &+= 64
      offset += 64
    }
  }

  package mutating func finish() -> InlineArray<32, UInt8> {
    let bits = length &* 8
    update(UInt8(0x80))
    while length % 64 != 56 { update(UInt8(0)) }
    block[14] = UInt32(truncatingIfNeeded: bits >> 32)
    block[15] = UInt32(truncatingIfNeeded: bits)
    compress()
    var digest = InlineArray<32, UInt8>(repeating: 0)
    for index in 0..<32 {
      digest[index] = UInt8(truncatingIfNeeded: hash[index / 4] >> UInt32(24 - index % 4 * 8))
    }
    return digest
  }

  /// Not inlined, to keep the library small.
  @inline(never)
  private mutating func compress() {
    var words = hash.mutableSpan
    unsafe words.withUnsafeMutableBufferPointer { hash in
      unsafe block.span.withUnsafeBufferPointer { block in
        if byInstruction {
          unsafe leat_sha256_compress_by_instruction(hash.baseAddress, block.baseAddress)
        } else {
          unsafe leat_sha256_compress(hash.baseAddress, block.baseAddress)
        }
      }
    }
  }
}
