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

  /// - Parameters:
  ///   - start: the input's first bytes, at least as many as are looked at
  ///   - end: the last before the place, as many as are looked at; nil of what can only be read
  ///     forwards
  public init(before offset: UInt64, startingWith start: [UInt8], endingWith end: [UInt8]? = nil) {
    let head = start.prefix(Int(min(offset, UInt64(Self.span))))
    self.init(
      offset: offset, head: CRC32C.checksum(head), tail: end.map { CRC32C.checksum($0) })
  }

  /// Of a file that holds nothing yet, by its number on its device.
  public init(ofEmptyFile number: UInt64, on device: UInt64) {
    let bytes = [number, device].flatMap { word in
      (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
    }
    self.init(offset: 0, head: CRC32C.checksum([]), tail: CRC32C.checksum(bytes))
  }

  /// The mark of a place further on in what can only be read forwards.
  ///
  /// - Parameter next: the bytes behind the old place, as many as the head lacks
  public func moved(to offset: UInt64, next: [UInt8]) -> Self {
    let lacking = min(offset, UInt64(Self.span)) - min(self.offset, UInt64(Self.span))
    return Self(
      offset: offset, head: CRC32C.checksum(next.prefix(Int(lacking)), behind: head), tail: nil)
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

  /// - Parameter before: of the bytes before these
  static func checksum(_ bytes: some Sequence<UInt8>, behind before: UInt32 = 0) -> UInt32 {
    ~bytes.reduce(~before) { crc, byte in
      crc >> 8 ^ table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)]
    }
  }
}
