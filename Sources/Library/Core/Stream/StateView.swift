// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

/// The bytes of a state whose checksum and sizes hold, whatever model it belongs to.
struct StateView {
  let explanation: Explanation
  let bytes: ByteView
  let version: UInt32
  let layers: Int
  let position: UInt64
  /// Where the sizes of h and c begin.
  private let sizes: Int

  /// A state of a stream without windows.
  ///
  /// - Parameter hasCRC32C: of the model's header, or false
  init(
    _ bytes: ByteView, _ explanation: Explanation, hasCRC32C: Bool
  ) throws(Failure) {
    let version = try StateView.version(bytes, explanation, hasCRC32C: hasCRC32C)
    guard version != StateLayout.windowedVersion else {
      throw explanation.failure(
        LEAT_E_MISMATCH, "state of a windowed stream, expected one of a stream without windows")
    }
    self.init(bytes, version, sizes: StateLayout.sizes, explanation)
    try checkSizes(streams: 1)
    try checkPosition(position)
  }

  /// The fields of a state that is long enough for them.
  init(_ bytes: ByteView, _ version: UInt32, sizes: Int, _ explanation: Explanation) {
    self.explanation = explanation
    self.bytes = bytes
    self.version = version
    self.sizes = sizes
    layers = Int(clamping: bytes.littleEndian(at: 12, as: UInt32.self))
    position = bytes.littleEndian(at: StateLayout.position, as: UInt64.self)
  }

  /// Checks what all versions have, and returns the state's version.
  static func version(
    _ bytes: ByteView, _ explanation: Explanation, hasCRC32C: Bool
  ) throws(Failure) -> UInt32 {
    let least = StateLayout.size(layers: 0, floats: 0)
    guard bytes.count >= least else {
      throw explanation.failure(
        LEAT_E_CORRUPT, "state of \(bytes.count) bytes, expected at least \(least)")
    }
    guard bytes.littleEndian(at: 0, as: UInt64.self) == StateLayout.magic else {
      throw explanation.failure(
        LEAT_E_CORRUPT, "not a state, expected one to begin with 'LeatStat'")
    }
    // The checksum comes before the version, since it is the same in all versions.
    let body = bytes.slice(0, bytes.count - 4)
    var checksum = CRC32C(byInstruction: hasCRC32C)
    unsafe body.withBytes { unsafe checksum.update($0) }
    let found = bytes.littleEndian(at: bytes.count - 4, as: UInt32.self)
    guard found == checksum.value else {
      throw explanation.failure(
        LEAT_E_CORRUPT,
        "state of \(bytes.count) bytes: its checksum is \(found), expected \(checksum.value)"
      )
    }
    let version = bytes.littleEndian(at: 8, as: UInt32.self)
    guard version <= UInt32(LEAT_STATE_VERSION) else {
      throw explanation.failure(
        LEAT_E_NEWER, "state of version \(version), expected at most \(LEAT_STATE_VERSION)")
    }
    guard version > 0 else {
      throw explanation.failure(LEAT_E_CORRUPT, "state of version 0, expected at least 1")
    }
    return version
  }

  func checkPosition(_ position: UInt64) throws(Failure) {
    guard position <= UInt64(Int64.max) else {
      throw explanation.failure(
        LEAT_E_CORRUPT, "state at position \(position), expected at most \(Int64.max)")
    }
  }

  /// Checks that the state is as long as h and c of so many streams need.
  func checkSizes(streams: Int) throws(Failure) {
    guard layers <= (bytes.count - sizes - 4) / 8 else { throw wrongSize() }
    var floats = 0
    for layer in 0..<layers {
      let (hidden, cell) = sizes(of: layer)
      // Safe: two 32-bit numbers for each of at most 2^60 / 8 layers stay below 2^63; on a 32-bit
      // machine the sum is caught below.
      let (sum, overflowed) = floats.addingReportingOverflow(hidden)
      let (total, overflowedToo) = sum.addingReportingOverflow(cell)
      guard !overflowed, !overflowedToo, total <= bytes.count / 4 else { throw wrongSize() }
      floats = total
    }
    let (all, overflowed) = floats.multipliedReportingOverflow(by: streams)
    guard !overflowed, all <= bytes.count / 4, values + 4 * all + 4 == bytes.count else {
      throw wrongSize()
    }
  }

  private func wrongSize() -> Failure {
    explanation.failure(
      LEAT_E_CORRUPT,
      "state of \(bytes.count) bytes, expected the size that its \(layers) layers need")
  }

  /// Floats in h and in c of a layer.
  func sizes(of layer: Int) -> (hidden: Int, cell: Int) {
    let offset = sizes + 8 * layer
    return (
      Int(clamping: bytes.littleEndian(at: offset, as: UInt32.self)),
      Int(clamping: bytes.littleEndian(at: offset + 4, as: UInt32.self))
    )
  }

  /// Where the first h is.
  var values: Int { sizes + 8 * layers }

  var fingerprint: InlineArray<32, UInt8> {
    InlineArray<32, UInt8> { bytes.byte(at: StateLayout.fingerprint + $0) }
  }
}
