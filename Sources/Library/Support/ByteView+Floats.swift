// SPDX-License-Identifier: MIT

import CUnaligned

/// Bytes that are floats, little-endian as every machine that Leat compiles for. They needn't be
/// aligned.
extension ByteView {
  /// Whether the magnitude of each is at most `limit`, and none is below 0 unless `isSigned`. A NaN
  /// isn't.
  package func areWithin(_ limit: Float, isSigned: Bool) -> Bool {
    unsafe withBytes { bytes in
      guard let floats = bytes.baseAddress else { return true }
      // Safe: the bytes hold so many floats.
      return unsafe leat_unaligned_is_within(floats, bytes.count / 4, limit, isSigned ? 1 : 0) != 0
    }
  }

  /// Copies them; those whose magnitude is below `least` become 0.
  package func copyFloats(to target: UnsafeMutablePointer<Float>, least: Float) {
    unsafe withBytes { bytes in
      guard let floats = bytes.baseAddress else { return }
      // Safe: as above; the caller's target holds as many.
      unsafe leat_unaligned_copy(target, floats, bytes.count / 4, least)
    }
  }
}
