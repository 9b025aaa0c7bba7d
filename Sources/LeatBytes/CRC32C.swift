// SPDX-License-Identifier: MIT

/// The CRC of RFC 3720 (iSCSI), appendix B.4: polynomial 0x1EDC6F41, reflected. It finds every
/// error of up to 32 bits in a row.
package struct CRC32C {
  private var register: UInt32 = 0xffff_ffff

  package init() {}

  package var value: UInt32 { ~register }

  package mutating func update(_ byte: UInt8) {
    // Safe: the index is masked to the table's 16 entries.
    register ^= UInt32(byte)
    register = (register >> 4) ^ CRC32C.table[Int(register & 15)]
    register = (register >> 4) ^ CRC32C.table[Int(register & 15)]
  }

  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    for index in bytes.indices { update(unsafe bytes[index]) }
  }

  /// Takes in a number as its eight little-endian bytes.
  package mutating func update(_ number: UInt64) {
    for shift in stride(from: 0, to: 64, by: 8) {
      update(UInt8(truncatingIfNeeded: number >> UInt64(shift)))
    }
  }

  /// The register after one step of four bits from each value of its low four: 64 bytes, where the
  /// usual table takes 1 KiB.
  private static let table: InlineArray<16, UInt32> = [
    0x0000_0000, 0x105e_c76f, 0x20bd_8ede, 0x30e3_49b1,
    0x417b_1dbc, 0x5125_dad3, 0x61c6_9362, 0x7198_540d,
    0x82f6_3b78, 0x92a8_fc17, 0xa24b_b5a6, 0xb215_72c9,
    0xc38d_26c4, 0xd3d3_e1ab, 0xe330_a81a, 0xf36e_6f75,
  ]
}
