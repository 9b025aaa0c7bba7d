// SPDX-License-Identifier: MIT

extension RunCursor.Mark {
  /// How many bytes at each end are looked at.
  public static let span = 4096

  /// - Parameter read: returns so many bytes of a file from an offset on
  public init(before offset: UInt64, read: (UInt64, Int) throws -> [UInt8]) rethrows {
    let count = Int(min(offset, UInt64(Self.span)))
    let head = try read(0, count)
    let tail = try read(offset - UInt64(count), count)
    self.init(offset: offset, head: CRC32C.checksum(head), tail: CRC32C.checksum(tail))
  }

  /// - Parameter start: the input's first bytes, at least as many as are looked at
  public init(before offset: UInt64, startingWith start: [UInt8]) {
    let head = Array(start.prefix(Int(min(offset, UInt64(Self.span)))))
    self.init(offset: offset, head: CRC32C.checksum(head), tail: nil)
  }

  /// Whether both can be of one file.
  public func agrees(with other: Self) -> Bool {
    offset == other.offset && head == other.head
      && (tail == nil || other.tail == nil || tail == other.tail)
  }
}

/// CRC-32C, a byte at a time: for a few kilobytes now and then.
enum CRC32C {
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { crc, _ in crc >> 1 ^ (crc & 1 == 1 ? 0x82f6_3b78 : 0) }
  }

  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~0) { crc, byte in crc >> 8 ^ table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] }
  }
}
