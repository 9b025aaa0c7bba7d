// SPDX-License-Identifier: MIT

import CUnaligned

/// Writes numbers one after the other, little-endian, into a buffer that is large enough for all of
/// them.
@safe package struct ByteWriter: ~Copyable {
  private let base: UnsafeMutableRawPointer
  private let capacity: Int
  package private(set) var count = 0

  package init(_ base: UnsafeMutableRawPointer, capacity: Int) {
    unsafe self.base = base
    self.capacity = capacity
  }

  @inline(__always)
  package mutating func write(_ number: some FixedWidthInteger & BitwiseCopyable) {
    let size = MemoryLayout.size(ofValue: number)
    assert(size <= capacity - count)
    // Safe: the caller sized the buffer for all that it writes.
    unsafe base.storeBytes(of: number.littleEndian, toByteOffset: count, as: type(of: number))
    count &+= size
  }

  /// Writes `length` floats.
  package mutating func write(_ numbers: UnsafePointer<Float>, count length: Int) {
    let size = 4 &* length
    assert(length >= 0 && size <= capacity - count)
    // Safe: as above. Every machine that Leat compiles for is little-endian.
    unsafe leat_unaligned_copy_bits(base + count, numbers, length)
    count &+= size
  }

  /// The bytes that were written.
  package var written: UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(start: base, count: count)
  }
}
