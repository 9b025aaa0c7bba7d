// SPDX-License-Identifier: MIT

/// SHA-256 of a model's architecture and weights: a state belongs to the models that have its
/// fingerprint.
public struct Fingerprint: Hashable, Sendable {
  /// 32 bytes.
  public let bytes: [UInt8]

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = unsafe Array(bytes) }
}

extension Fingerprint: CustomStringConvertible {
  /// 64 hexadecimal digits.
  public var description: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
