// SPDX-License-Identifier: MIT

import CVectors

/// Bytes that are floats, little-endian as every machine that Leat compiles for. They needn't be
/// aligned.
extension ByteView {
  /// Whether the magnitude of each is at most `limit`, and each at least `least`. A NaN isn't.
  package func areWithin(_ limit: Float, least: Float) -> Bool {
    unsafe withBytes { bytes in
      guard let floats = unsafe bytes.baseAddress?.assumingMemoryBound(to: Float.self)
      else { return true }
      // Safe: the bytes hold so many floats, which are read by memcpy.
      return unsafe leat_vector_is_within(floats, bytes.count / 4, limit, least) != 0
    }
  }

  /// Copies them; those whose magnitude is below `least` become 0.
  package func copyFloats(to target: UnsafeMutablePointer<Float>, least: Float) {
    unsafe withBytes { bytes in
      guard let floats = unsafe bytes.baseAddress?.assumingMemoryBound(to: Float.self)
      else { return }
      // Safe: as above; the caller's target holds as many.
      unsafe leat_vector_copy(target, floats, bytes.count / 4, least)
    }
  }
}
