// SPDX-License-Identifier: MIT

/// Work that is done between the operations of activations.
public protocol InterleavedWork {
  mutating func advance()
}

/// Nothing, where activations are not interleaved.
@usableFromInline
struct NoWork: InterleavedWork {
  @inlinable @inline(__always)
  init() {}

  @inlinable @inline(__always)
  mutating func advance() {}
}
