// SPDX-License-Identifier: MIT

/// The part of an input that is in memory: bytes are added at its end and taken from its front. The
/// last bytes that were taken stay for a while: they tell the input from another.
@safe public final class InputBuffer {
  /// How many bytes stay after they were taken, at least.
  private static let kept = RunCursor.Mark.span
  private let memory: UnsafeMutableRawBufferPointer
  /// The most bytes that wait to be taken; a line may have one less.
  public let capacity: Int
  private var start = 0
  private var end = 0

  public init(capacity: Int) {
    self.capacity = capacity
    unsafe memory = .allocate(byteCount: capacity + Self.kept, alignment: 64)
  }

  deinit { unsafe memory.deallocate() }

  /// Bytes that haven't been taken yet.
  public var count: Int { end - start }
  public var isEmpty: Bool { start == end }
  public var isFull: Bool { count == capacity }

  /// These bytes; valid until bytes are added.
  public var bytes: UnsafeBufferPointer<UInt8> { unsafe bytes(from: start, to: end) }

  /// The last bytes that were taken, so many or as many as are still there.
  public func lastTaken(_ count: Int) -> UnsafeBufferPointer<UInt8> {
    unsafe bytes(from: max(0, start - count), to: start)
  }

  /// The last bytes that were added, taken or not.
  public func lastAdded(_ count: Int) -> UnsafeBufferPointer<UInt8> {
    unsafe bytes(from: max(0, end - count), to: end)
  }

  private func bytes(from first: Int, to last: Int) -> UnsafeBufferPointer<UInt8> {
    unsafe UnsafeBufferPointer(
      start: memory.baseAddress!.assumingMemoryBound(to: UInt8.self) + first, count: last - first)
  }

  /// Adds what `read` puts into the room after the bytes.
  ///
  /// - Parameters:
  ///   - most: bytes that it gets room for
  ///   - read: returns how many it has put there
  /// - Returns: what `read` returned
  public func add(
    most: Int = .max, _ read: (UnsafeMutableRawBufferPointer) throws -> Int
  ) rethrows -> Int {
    let unneeded = start - Self.kept
    if unneeded > 0 {
      let base = unsafe memory.baseAddress!
      unsafe base.copyMemory(from: base + unneeded, byteCount: end - unneeded)
      (start, end) = (Self.kept, end - unneeded)
    }
    let room = unsafe UnsafeMutableRawBufferPointer(
      rebasing: memory[end..<(end + min(most, capacity - count))])
    let count = unsafe try read(room)
    precondition(count >= 0 && count <= room.count)
    end += count
    return count
  }

  public func take(_ count: Int) {
    precondition(count >= 0 && count <= self.count)
    start += count
  }

  /// Undoes the last takes, since which nothing was added.
  public func putBack(_ count: Int) {
    precondition(count >= 0 && count <= start)
    start -= count
  }

  public func removeAll() { (start, end) = (0, 0) }
}
