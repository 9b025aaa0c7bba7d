// SPDX-License-Identifier: MIT

/// Bytes that wait to be written, in memory of a fixed size.
@safe public final class OutputBuffer {
  private let memory: UnsafeMutablePointer<UInt8>
  public let capacity: Int
  public private(set) var count = 0

  public init(capacity: Int) {
    self.capacity = capacity
    unsafe memory = .allocate(capacity: capacity)
  }

  deinit { unsafe memory.deallocate() }

  public var freeCount: Int { capacity - count }
  public var bytes: UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(start: memory, count: count)
  }

  public func removeAll() { count = 0 }

  /// Where the next byte goes; there are `freeCount` bytes from here on.
  var end: UnsafeMutablePointer<UInt8> { unsafe memory + count }

  func advance(by count: Int) {
    precondition(count >= 0 && count <= freeCount)
    self.count += count
  }

  func append(_ byte: UInt8) {
    unsafe end.pointee = byte
    advance(by: 1)
  }

  /// - Parameter bytes: at most `freeCount`
  public func append(_ bytes: UnsafeRawBufferPointer) {
    precondition(bytes.count <= freeCount)
    if let base = bytes.baseAddress {
      unsafe UnsafeMutableRawPointer(end).copyMemory(from: base, byteCount: bytes.count)
    }
    advance(by: bytes.count)
  }
}
