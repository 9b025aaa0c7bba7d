// SPDX-License-Identifier: MIT

import CLeat

/// Streams that take a step together.
@safe
public struct Batch {
  @usableFromInline let streams: UnsafePointer<OpaquePointer?>
  @usableFromInline let count: Int

  @inlinable @inline(__always)
  public init(_ streams: UnsafePointer<OpaquePointer?>, _ count: Int) {
    unsafe self.streams = streams
    self.count = count
  }

  @inlinable @inline(__always)
  func stream(_ member: Int) -> StreamHandle {
    // Safe: every pointer of the batch was checked.
    unsafe StreamHandle(UnsafeMutableRawPointer(streams[member].unsafelyUnwrapped))
  }

  @inlinable @inline(__always)
  func orLast(_ member: Int) -> Int { min(member, count &- 1) }
}
