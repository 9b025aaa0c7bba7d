// SPDX-License-Identifier: MIT

import LeatSupport

/// What identifies a model: the SHA-256 of its architecture and weights, 32 bytes.
struct Fingerprint: Equatable {
  private var words: (first: UInt64, second: UInt64, third: UInt64, fourth: UInt64)

  /// Copies the first 32 bytes.
  init(copying source: UnsafeRawBufferPointer) {
    words = unsafe source.loadUnaligned(
      as: (first: UInt64, second: UInt64, third: UInt64, fourth: UInt64).self)
  }

  /// nil when the bytes can't be a fingerprint.
  init?(_ source: ByteView) {
    guard source.count == 32 else { return nil }
    self = unsafe source.withBytes { unsafe Fingerprint(copying: $0) }
  }

  func withView<Result>(
    _ body: (ByteView) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var copy = words
    return try unsafe withUnsafeBytes(of: &copy) { bytes throws(Failure) in
      guard let start = bytes.baseAddress else { return try body(.empty) }
      return try body(unsafe ByteView(start, count: bytes.count))
    }
  }

  /// What a group has in its place: "Leat group" and zeros, which is no SHA-256 of anything known.
  static var group: Fingerprint { Fingerprint(words: (0x6f72_6720_7461_654c, 0x7075, 0, 0)) }

  private init(words: (first: UInt64, second: UInt64, third: UInt64, fourth: UInt64)) {
    self.words = words
  }

  func write(to writer: inout ByteWriter) {
    writer.write(words.first)
    writer.write(words.second)
    writer.write(words.third)
    writer.write(words.fourth)
  }

  static func == (left: Fingerprint, right: Fingerprint) -> Bool {
    left.words == right.words
  }
}

extension CRC32C {
  mutating func update(_ fingerprint: Fingerprint) {
    try? fingerprint.withView { bytes throws(Failure) in
      unsafe bytes.withBytes { unsafe update($0) }
    }
  }
}

extension Message.Interpolation {
  /// The first 8 bytes, which are enough to distinguish models.
  mutating func appendInterpolation(_ fingerprint: Fingerprint) {
    if fingerprint == .group { return appendLiteral("none, it is a group") }
    var bytes = InlineArray<8, UInt8>(repeating: 0)
    try? fingerprint.withView { view throws(Failure) in
      for offset in 0..<8 { bytes[offset] = view.byte(at: offset) }
    }
    appendInterpolation(hex: bytes.span, most: 8)
  }
}
