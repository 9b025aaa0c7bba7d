// SPDX-License-Identifier: MIT

/// The handle of bytes from outside: a pointer and a count, no alignment. Offsets are checked by
/// whoever computed them against `count`; reading past it is a defect that stops a test build.
@safe package struct ByteView {
  private let base: UnsafeRawPointer
  package let count: Int

  package init(_ base: UnsafeRawPointer, count: Int) {
    unsafe self.base = base
    self.count = count
  }

  package static var empty: ByteView {
    let nothing: StaticString = ""
    return unsafe ByteView(nothing.utf8Start, count: 0)
  }

  @inline(__always)
  package func byte(at offset: Int) -> UInt8 {
    assert(offset >= 0 && offset < count)
    // Safe: the caller checked the offset against count.
    return unsafe base.load(fromByteOffset: offset, as: UInt8.self)
  }

  @inline(__always)
  package func littleEndian<Number: FixedWidthInteger & BitwiseCopyable>(
    at offset: Int, as: Number.Type
  ) -> Number {
    assert(offset >= 0 && offset <= count - MemoryLayout<Number>.size)
    // Safe: as above.
    return Number(
      littleEndian: unsafe base.loadUnaligned(fromByteOffset: offset, as: Number.self))
  }

  @inline(__always)
  package func float(at offset: Int) -> Float {
    Float(bitPattern: littleEndian(at: offset, as: UInt32.self))
  }

  /// The bytes from `start` up to `end`.
  package func slice(_ start: Int, _ end: Int) -> ByteView {
    assert(start >= 0 && start <= end && end <= count)
    // Safe: as above.
    return unsafe ByteView(base + start, count: end - start)
  }

  package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    unsafe body(UnsafeRawBufferPointer(start: base, count: count))
  }
}

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

  /// The bytes of the UTF-8 character that begins at `offset`, 0 when none does: the well-formed
  /// sequences of the Unicode Standard, table 3-7.
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
