// SPDX-License-Identifier: MIT

/// SHA-256, as FIPS 180-4 defines it in section 6.2. Libraries that have it need an allocator or an
/// operating system.
package struct SHA256 {
  private var hash: InlineArray<8, UInt32> = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a,
    0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]
  private var block = InlineArray<16, UInt32>(repeating: 0)
  private var length: UInt64 = 0

  package init() {}

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

  private mutating func compress() {
    var w = block
    var a = hash[0]
    var b = hash[1]
    var c = hash[2]
    var d = hash[3]
    var e = hash[4]
    var f = hash[5]
    var g = hash[6]
    var h = hash[7]
    for t in 0..<64 {
      let slot = t & 15
      if t >= 16 {
        let w15 = w[(t &+ 1) & 15]
        let w2 = w[(t &+ 14) & 15]
        let s0 = rotate(w15, 7) ^ rotate(w15, 18) ^ w15 >> 3
        let s1 = rotate(w2, 17) ^ rotate(w2, 19) ^ w2 >> 10
        w[slot] = w[slot] &+ s0 &+ w[(t &+ 9) & 15] &+ s1
      }
      let sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
      let choice = (e & f) ^ (~e & g)
      let first = h &+ sum1 &+ choice &+ SHA256.constants[t] &+ w[slot]
      let sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
      let majority = (a & b) ^ (a & c) ^ (b & c)
      h = g
      g = f
      f = e
      e = d &+ first
      d = c
      c = b
      b = a
      a = first &+ sum0 &+ majority
    }
    hash[0] &+= a
    hash[1] &+= b
    hash[2] &+= c
    hash[3] &+= d
    hash[4] &+= e
    hash[5] &+= f
    hash[6] &+= g
    hash[7] &+= h
  }

  @inline(__always)
  private func rotate(_ word: UInt32, _ bits: UInt32) -> UInt32 {
    word &>> bits | word &<< (32 &- bits)
  }

  private static let constants: InlineArray<64, UInt32> = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5,
    0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
    0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3,
    0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
    0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc,
    0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
    0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7,
    0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
    0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13,
    0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
    0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3,
    0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
    0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5,
    0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208,
    0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
  ]
}
