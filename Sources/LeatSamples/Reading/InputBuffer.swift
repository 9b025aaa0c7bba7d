// SPDX-License-Identifier: MIT

/// The part of an input that is in memory: bytes are added at its end and taken from its front.
@safe public final class InputBuffer {
  private let memory: UnsafeMutableRawBufferPointer
  private var start = 0
  private var end = 0

  /// - Parameter capacity: bytes, of which a line may have one less
  public init(capacity: Int) {
    unsafe memory = .allocate(byteCount: capacity, alignment: 64)
  }

  deinit { unsafe memory.deallocate() }

  public var capacity: Int { unsafe memory.count }
  /// Bytes that haven't been taken yet.
  public var count: Int { end - start }
  public var isEmpty: Bool { start == end }
  public var isFull: Bool { start == 0 && end == capacity }

  /// These bytes; valid until bytes are added.
  public var bytes: UnsafeBufferPointer<UInt8> {
    unsafe UnsafeBufferPointer(
      start: memory.baseAddress!.assumingMemoryBound(to: UInt8.self) + start, count: count)
  }

  /// Adds what `read` puts into the room behind the bytes.
  ///
  /// - Parameters:
  ///   - most: bytes that it gets room for
  ///   - read: returns how many it has put there
  /// - Returns: what `read` returned
  public func add(
    most: Int = .max, _ read: (UnsafeMutableRawBufferPointer) throws -> Int
  ) rethrows -> Int {
    if start > 0 {
      let base = unsafe memory.baseAddress!
      unsafe base.copyMemory(from: base + start, byteCount: end - start)
      (start, end) = (0, end - start)
    }
    let room = unsafe UnsafeMutableRawBufferPointer(
      rebasing: memory[end..<(end + min(most, capacity - end))])
    let count = unsafe try read(room)
    precondition(count >= 0 && count <= room.count)
    end += count
    return count
  }

  public func take(_ count: Int) {
    precondition(count >= 0 && count <= self.count)
    start += count
  }
}
