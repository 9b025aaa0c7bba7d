// SPDX-License-Identifier: MIT

/// The part of an input that is in memory: bytes are added at its end and removed from its front.
/// The last removed bytes stay in memory: a checksum of them tells the input from another.
@safe public final class InputBuffer {
  /// The least number of removed bytes that stay in memory.
  public static let retained = 4096
  private let memory: UnsafeMutableRawBufferPointer
  /// The most bytes in it; a line may have one less.
  public let capacity: Int
  private var start = 0
  private var end = 0

  public init(capacity: Int) {
    self.capacity = capacity
    unsafe memory = .allocate(byteCount: capacity + Self.retained, alignment: 64)
  }

  deinit { unsafe memory.deallocate() }

  public var count: Int { end - start }
  public var isEmpty: Bool { start == end }
  public var isFull: Bool { count == capacity }

  /// Valid until bytes are added.
  public var bytes: UnsafeBufferPointer<UInt8> { unsafe bytes(from: start, to: end) }

  /// The last removed bytes: that many, or as many as are still in memory.
  public func lastRemoved(_ count: Int) -> UnsafeBufferPointer<UInt8> {
    unsafe bytes(from: max(0, start - count), to: start)
  }

  /// The last added bytes, removed or not.
  public func lastAdded(_ count: Int) -> UnsafeBufferPointer<UInt8> {
    unsafe bytes(from: max(0, end - count), to: end)
  }

  private func bytes(from first: Int, to last: Int) -> UnsafeBufferPointer<UInt8> {
    unsafe UnsafeBufferPointer(
      start: memory.baseAddress!.assumingMemoryBound(to: UInt8.self) + first, count: last - first)
  }

  /// Adds the bytes that `read` writes to the memory it gets.
  ///
  /// - Parameters:
  ///   - most: the most bytes to add
  ///   - read: returns how many bytes it wrote
  /// - Returns: what `read` returned
  public func add(
    most: Int = .max, _ read: (UnsafeMutableRawBufferPointer) throws -> Int
  ) rethrows -> Int {
    let unneeded = start - Self.retained
    if unneeded > 0 {
      let base = unsafe memory.baseAddress!
      unsafe base.copyMemory(from: base + unneeded, byteCount: end - unneeded)
      (start, end) = (Self.retained, end - unneeded)
    }
    let free = unsafe UnsafeMutableRawBufferPointer(
      rebasing: memory[end..<(end + min(most, capacity - count))])
    let count = unsafe try read(free)
    precondition(count >= 0 && count <= free.count)
    end += count
    return count
  }

  public func removeFirst(_ count: Int) {
    precondition(count >= 0 && count <= self.count)
    start += count
  }

  /// Undoes the last removals, after which nothing was added.
  public func putBack(_ count: Int) {
    precondition(count >= 0 && count <= start)
    start -= count
  }

  public func removeAll() { (start, end) = (0, 0) }
}
