// SPDX-License-Identifier: MIT

import CProcessor

/// The CRC of RFC 3720 (iSCSI), appendix B.4: polynomial 0x1EDC6F41, reflected. It finds every
/// error of up to 32 bits in a row.
package struct CRC32C {
  private var register: UInt32
  private let byInstruction: Bool

  /// - Parameters:
  ///   - value: the CRC of the bytes before the first
  ///   - byInstruction: whether the processor's instruction is used, which it must have
  package init(after value: UInt32 = 0, byInstruction: Bool = false) {
    register = ~value
    self.byInstruction = byInstruction
  }

  package var value: UInt32 { ~register }

  /// Whether the processor has an instruction for CRC32C, as far as can be found out without the
  /// system. To ask takes longer than the CRC of a small state, so callers keep it.
  package static var hasInstruction: Bool { leat_processor_has_crc32c() != 0 }

  package mutating func update(_ byte: UInt8) {
    register ^= UInt32(byte)
    register = (register >> 4) ^ CRC32C.effect(of: register, steps: 0)
    register = (register >> 4) ^ CRC32C.effect(of: register, steps: 0)
  }

  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    if byInstruction, let base = bytes.baseAddress {
      return unsafe register = leat_crc32c_by_instruction(
        register, base.assumingMemoryBound(to: UInt8.self), bytes.count)
    }
    var offset = 0
    while bytes.count - offset >= 8 {
      let number = unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      updateByTable(UInt64(littleEndian: number))
      offset += 8
    }
    while offset < bytes.count {
      update(unsafe bytes[offset])
      offset += 1
    }
  }

  /// Updates with a number as its eight little-endian bytes.
  package mutating func update(_ number: UInt64) {
    if byInstruction {
      register = leat_crc32c_number_by_instruction(register, number)
    } else {
      updateByTable(number)
    }
  }

  /// The CRCs of three parts of the bytes, each of `size` bytes, `stride` bytes after the one
  /// before. By instruction this takes hardly longer than one of them.
  package static func ofThree(
    _ bytes: UnsafeRawPointer, stride: Int, size: Int, byInstruction: Bool
  ) -> InlineArray<3, UInt32> {
    var values: InlineArray<3, UInt32> = [.max, .max, .max]
    if byInstruction {
      var span = values.mutableSpan
      unsafe span.withUnsafeMutableBufferPointer {
        unsafe leat_crc32c_three_by_instruction(
          $0.baseAddress, bytes.assumingMemoryBound(to: UInt8.self), stride, size)
      }
      for index in 0..<3 { values[index] = ~values[index] }
    } else {
      for index in 0..<3 {
        var checksum = CRC32C()
        unsafe checksum.update(UnsafeRawBufferPointer(start: bytes + index * stride, count: size))
        values[index] = checksum.value
      }
    }
    return values
  }

  /// A CRC is linear: the effect of each group of four bits on the register is computed without
  /// waiting for the others.
  private mutating func updateByTable(_ number: UInt64) {
    var low = UInt32(truncatingIfNeeded: number) ^ register
    var high = UInt32(truncatingIfNeeded: number >> 32)
    register = 0
    for group in 0..<8 {
      register ^= CRC32C.effect(of: low, steps: 15 &- group)
      register ^= CRC32C.effect(of: high, steps: 7 &- group)
      low >>= 4
      high >>= 4
    }
  }

  /// The effect of the low four bits on the register, after so many more groups of four bits.
  @inline(__always)
  private static func effect(of bits: UInt32, steps: Int) -> UInt32 {
    // Safe: steps is below 16 above, so that the index is below the table's 256 entries.
    table[steps &* 16 &+ Int(truncatingIfNeeded: bits & 15)]
  }

  /// A row for each number of steps. The first row follows from the polynomial, each other row from
  /// the row before it and four zero bits. The table takes 1 KiB, the usual ones 8.
  private static let table: InlineArray<256, UInt32> = [
    0x0000_0000, 0x105e_c76f, 0x20bd_8ede, 0x30e3_49b1,
    0x417b_1dbc, 0x5125_dad3, 0x61c6_9362, 0x7198_540d,
    0x82f6_3b78, 0x92a8_fc17, 0xa24b_b5a6, 0xb215_72c9,
    0xc38d_26c4, 0xd3d3_e1ab, 0xe330_a81a, 0xf36e_6f75,
    0x0000_0000, 0xf26b_8303, 0xe13b_70f7, 0x1350_f3f4,
    0xc79a_971f, 0x35f1_141c, 0x26a1_e7e8, 0xd4ca_64eb,
    0x8ad9_58cf, 0x78b2_dbcc, 0x6be2_2838, 0x9989_ab3b,
    0x4d43_cfd0, 0xbf28_4cd3, 0xac78_bf27, 0x5e13_3c24,
    0x0000_0000, 0x3fc5_f181, 0x7f8b_e302, 0x404e_1283,
    0xff17_c604, 0xc0d2_3785, 0x809c_2506, 0xbf59_d487,
    0xfbc3_faf9, 0xc406_0b78, 0x8448_19fb, 0xbb8d_e87a,
    0x04d4_3cfd, 0x3b11_cd7c, 0x7b5f_dfff, 0x449a_2e7e,
    0x0000_0000, 0x13a2_9877, 0x2745_30ee, 0x34e7_a899,
    0x4e8a_61dc, 0x5d28_f9ab, 0x69cf_5132, 0x7a6d_c945,
    0x9d14_c3b8, 0x8eb6_5bcf, 0xba51_f356, 0xa9f3_6b21,
    0xd39e_a264, 0xc03c_3a13, 0xf4db_928a, 0xe779_0afd,
    0x0000_0000, 0x70a2_7d8a, 0xe144_fb14, 0x91e6_869e,
    0xc765_80d9, 0xb7c7_fd53, 0x2621_7bcd, 0x5683_0647,
    0x8b27_7743, 0xfb85_0ac9, 0x6a63_8c57, 0x1ac1_f1dd,
    0x4c42_f79a, 0x3ce0_8a10, 0xad06_0c8e, 0xdda4_7104,
    0x0000_0000, 0xa541_927e, 0x4f6f_520d, 0xea2e_c073,
    0x9ede_a41a, 0x3b9f_3664, 0xd1b1_f617, 0x74f0_6469,
    0x3851_3ec5, 0x9d10_acbb, 0x773e_6cc8, 0xd27f_feb6,
    0xa68f_9adf, 0x03ce_08a1, 0xe9e0_c8d2, 0x4ca1_5aac,
    0x0000_0000, 0xe964_b13d, 0xd725_148b, 0x3e41_a5b6,
    0xaba6_5fe7, 0x42c2_eeda, 0x7c83_4b6c, 0x95e7_fa51,
    0x52a0_c93f, 0xbbc4_7802, 0x8585_ddb4, 0x6ce1_6c89,
    0xf906_96d8, 0x1062_27e5, 0x2e23_8253, 0xc747_336e,
    0x0000_0000, 0xdd45_aab8, 0xbf67_2381, 0x6222_8939,
    0x7b22_31f3, 0xa667_9b4b, 0xc445_1272, 0x1900_b8ca,
    0xf644_63e6, 0x2b01_c95e, 0x4923_4067, 0x9466_eadf,
    0x8d66_5215, 0x5023_f8ad, 0x3201_7194, 0xef44_db2c,
    0x0000_0000, 0x8f22_61d3, 0x1ba8_b557, 0x948a_d484,
    0x3751_6aae, 0xb873_0b7d, 0x2cf9_dff9, 0xa3db_be2a,
    0x6ea2_d55c, 0xe180_b48f, 0x750a_600b, 0xfa28_01d8,
    0x59f3_bff2, 0xd6d1_de21, 0x425b_0aa5, 0xcd79_6b76,
    0x0000_0000, 0x3811_6fac, 0x7022_df58, 0x4833_b0f4,
    0xe045_beb0, 0xd854_d11c, 0x9067_61e8, 0xa876_0e44,
    0xc567_0b91, 0xfd76_643d, 0xb545_d4c9, 0x8d54_bb65,
    0x2522_b521, 0x1d33_da8d, 0x5500_6a79, 0x6d11_05d5,
    0x0000_0000, 0xc00c_303e, 0x85f4_168d, 0x45f8_26b3,
    0x0e04_5beb, 0xce08_6bd5, 0x8bf0_4d66, 0x4bfc_7d58,
    0x1c08_b7d6, 0xdc04_87e8, 0x99fc_a15b, 0x59f0_9165,
    0x120c_ec3d, 0xd200_dc03, 0x97f8_fab0, 0x57f4_ca8e,
    0x0000_0000, 0xef30_6b19, 0xdb8c_a0c3, 0x34bc_cbda,
    0xb2f5_3777, 0x5dc5_5c6e, 0x6979_97b4, 0x8649_fcad,
    0x6006_181f, 0x8f36_7306, 0xbb8a_b8dc, 0x54ba_d3c5,
    0xd2f3_2f68, 0x3dc3_4471, 0x097f_8fab, 0xe64f_e4b2,
    0x0000_0000, 0x9c5b_faa6, 0x3d5b_83bd, 0xa100_791b,
    0x7ab7_077a, 0xe6ec_fddc, 0x47ec_84c7, 0xdbb7_7e61,
    0xf56e_0ef4, 0x6935_f452, 0xc835_8d49, 0x546e_77ef,
    0x8fd9_098e, 0x1382_f328, 0xb282_8a33, 0x2ed9_7095,
    0x0000_0000, 0x6803_2cc8, 0xd006_5990, 0xb805_7558,
    0xa5e0_c5d1, 0xcde3_e919, 0x75e6_9c41, 0x1de5_b089,
    0x4e2d_fd53, 0x262e_d19b, 0x9e2b_a4c3, 0xf628_880b,
    0xebcd_3882, 0x83ce_144a, 0x3bcb_6112, 0x53c8_4dda,
    0x0000_0000, 0x8476_09b4, 0x0d00_6599, 0x8976_6c2d,
    0x1a00_cb32, 0x9e76_c286, 0x1700_aeab, 0x9376_a71f,
    0x3401_9664, 0xb077_9fd0, 0x3901_f3fd, 0xbd77_fa49,
    0x2e01_5d56, 0xaa77_54e2, 0x2301_38cf, 0xa777_317b,
    0x0000_0000, 0x493c_7d27, 0x9278_fa4e, 0xdb44_8769,
    0x211d_826d, 0x6821_ff4a, 0xb365_7823, 0xfa59_0504,
    0x423b_04da, 0x0b07_79fd, 0xd043_fe94, 0x997f_83b3,
    0x6326_86b7, 0x2a1a_fb90, 0xf15e_7cf9, 0xb862_01de,
  ]
}
