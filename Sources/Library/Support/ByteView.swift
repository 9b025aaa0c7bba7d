// SPDX-License-Identifier: MIT

/// The handle of bytes from outside: a pointer and a count, without alignment. Callers check
/// offsets against `count`. An offset beyond it is a defect, and stops a test build.
@safe package struct ByteView: Equatable, ExpressibleByStringLiteral {
  private let base: UnsafeRawPointer
  package let count: Int

  package init(_ base: UnsafeRawPointer, count: Int) {
    unsafe self.base = base
    self.count = count
  }

  package static var empty: ByteView { "" }

  package init(stringLiteral text: StaticString) {
    unsafe self.init(text.utf8Start, count: text.utf8CodeUnitCount)
  }

  package static func == (left: ByteView, right: ByteView) -> Bool {
    guard left.count == right.count else { return false }
    for offset in 0..<left.count where left.byte(at: offset) != right.byte(at: offset) {
      return false
    }
    return true
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
