// SPDX-License-Identifier: MIT

/// The handle of a record in a model's block.
@safe public struct RecordHandle<Record> {
  @usableFromInline let base: UnsafeRawPointer

  // Safe: C's pointers are optional, but only the library calls kernels, with addresses of records.
  @inlinable @inline(__always)
  public init(_ base: UnsafeRawPointer?) { unsafe self.base = base.unsafelyUnwrapped }

  @inlinable
  public var value: Record { @inline(__always) unsafeAddress { unsafe address } }

  @inlinable @inline(__always)
  var address: UnsafePointer<Record> {
    // Safe: handles are made of the addresses of records in a block.
    unsafe base.assumingMemoryBound(to: Record.self)
  }

  /// The record after it, of an array of records.
  @inlinable @inline(__always)
  func next() -> RecordHandle { unsafe RecordHandle(base + MemoryLayout<Record>.stride) }
}
