// SPDX-License-Identifier: MIT

import LeatSupport

/// What identifies what a stream runs, 32 bytes: the SHA-256 of its model's architecture and weights.
/// Of a windowed stream the last eight bytes are changed by its window and its hop, so that the
/// checkpoints of other windows are those of another model.
struct Fingerprint: Equatable {
  private var words: (first: UInt64, second: UInt64, third: UInt64, fourth: UInt64)
  /// For messages: 0 when there are none, and when they aren't known.
  private var window: UInt32 = 0
  private var hop: UInt32 = 0

  /// Copies the first 32 bytes, a model's fingerprint.
  ///
  /// - Parameters:
  ///   - window: 0 when the stream has none
  ///   - hop: 0 when the stream has no windows
  init(copying source: UnsafeRawBufferPointer, window: UInt32, hop: UInt32) {
    words = unsafe source.loadUnaligned(
      as: (first: UInt64, second: UInt64, third: UInt64, fourth: UInt64).self)
    words.fourth ^= UInt64(window) | UInt64(hop) << 32
    (self.window, self.hop) = (window, hop)
  }

  /// Reads one that was stored; nil when the bytes can't be one.
  init?(_ source: ByteView) {
    guard source.count == 32 else { return nil }
    self = unsafe source.withBytes { unsafe Fingerprint(copying: $0, window: 0, hop: 0) }
  }

  /// Writes the window, if it is known, after the name of the model.
  fileprivate func appendWindow(to message: inout Message.Interpolation) {
    guard window != 0 else { return }
    message.appendLiteral(" with a window of ")
    message.appendInterpolation(window)
    message.appendLiteral(" and a hop of ")
    message.appendInterpolation(hop)
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
    var bytes = InlineArray<8, UInt8>(repeating: 0)
    try? fingerprint.withView { view throws(Failure) in
      for offset in 0..<8 { bytes[offset] = view.byte(at: offset) }
    }
    appendInterpolation(hex: bytes.span, most: 8)
    fingerprint.appendWindow(to: &self)
  }
}
