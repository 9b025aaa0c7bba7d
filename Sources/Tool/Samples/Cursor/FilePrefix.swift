// SPDX-License-Identifier: MIT

import LeatSupport

/// The first bytes of a file up to an offset, known by checksums of both ends: enough to tell
/// whether another file, or the same file later, begins with them, without reading all of them
/// again.
public struct FilePrefix: Equatable, Sendable {
  /// The most bytes that a checksum covers.
  public static let span = InputBuffer.retained

  /// Bytes in it.
  public var offset: UInt64
  /// CRC-32C of the first `span` bytes, or of all if there are fewer.
  public var head: UInt32
  /// CRC-32C of the last `span` bytes; nil of an input that can only be read forwards.
  public var tail: UInt32?

  public init(offset: UInt64, head: UInt32, tail: UInt32?) {
    (self.offset, self.head, self.tail) = (offset, head, tail)
  }

  /// - Parameter read: returns the bytes of a file from an offset on, and gets their number
  public init(before offset: UInt64, read: (UInt64, Int) throws -> [UInt8]) rethrows {
    let count = Int(min(offset, UInt64(Self.span)))
    let head = try read(0, count)
    let tail = try read(offset - UInt64(count), count)
    self.init(offset: offset, head: checksum(head), tail: checksum(tail))
  }

  /// - Parameters:
  ///   - start: the input's first bytes, at least `span` or all before the offset
  ///   - end: the last bytes before the offset, `span` or all; nil of an input that can only be
  ///     read forwards
  public init(before offset: UInt64, startingWith start: [UInt8], endingWith end: [UInt8]? = nil) {
    let head = start.prefix(Int(min(offset, UInt64(Self.span))))
    self.init(offset: offset, head: checksum(head), tail: end.map { checksum($0) })
  }

  /// An empty prefix of one file, known by its number on its device.
  public init(ofEmptyFile number: UInt64, on device: UInt64) {
    let bytes = [number, device].flatMap { word in
      (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
    }
    self.init(offset: 0, head: checksum([]), tail: checksum(bytes))
  }

  /// The longer prefix up to a later offset of an input that can only be read forwards.
  ///
  /// - Parameter next: the bytes after this prefix, as many as the head lacks
  public func extended(to offset: UInt64, next: [UInt8]) -> Self {
    let missing = min(offset, UInt64(Self.span)) - min(self.offset, UInt64(Self.span))
    return Self(
      offset: offset, head: checksum(next.prefix(Int(missing)), after: head), tail: nil)
  }

  /// Whether both can be prefixes of one file.
  public func agrees(with other: Self) -> Bool {
    offset == other.offset && head == other.head
      && (tail == nil || other.tail == nil || tail == other.tail)
  }
}

/// - Parameter before: the CRC-32C of the bytes before these
private func checksum(_ bytes: some Sequence<UInt8>, after before: UInt32 = 0) -> UInt32 {
  var crc = CRC32C(after: before)
  for byte in bytes { crc.update(byte) }
  return crc.value
}
