// SPDX-License-Identifier: MIT

extension ByteView {
  package var isUTF8: Bool {
    var offset = 0
    while offset < count {
      let size = characterSize(at: offset)
      guard size > 0 else { return false }
      offset += size
    }
    return true
  }

  /// The number of bytes of the UTF-8 character that begins at `offset`; 0 when none does. Table
  /// 3-7 of the Unicode Standard lists the well-formed sequences.
  func characterSize(at offset: Int) -> Int {
    let size: Int
    var second: ClosedRange<UInt8> = 0x80...0xbf
    switch byte(at: offset) {
    case 0...0x7f: return 1
    case 0xc2...0xdf: size = 2
    case 0xe0: (size, second) = (3, 0xa0...0xbf)
    case 0xed: (size, second) = (3, 0x80...0x9f)
    case 0xe1...0xef: size = 3
    case 0xf0: (size, second) = (4, 0x90...0xbf)
    case 0xf4: (size, second) = (4, 0x80...0x8f)
    case 0xf1...0xf3: size = 4
    default: return 0
    }
    guard size <= count - offset, second.contains(byte(at: offset + 1)) else { return 0 }
    var next = 2
    while next < size {
      guard byte(at: offset + next) & 0xc0 == 0x80 else { return 0 }
      next += 1
    }
    return size
  }
}
