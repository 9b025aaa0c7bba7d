// SPDX-License-Identifier: MIT

import LeatSupport

/// A sorted set of numbers, for as long as a call needs it. (An array of Swift's would allocate
/// elsewhere.)
@safe struct NumberSet: ~Copyable {
  private var memory: UnsafeMutablePointer<UInt64>?
  private var capacity = 0
  private(set) var count = 0

  init() {}

  deinit { unsafe SQLiteMemory.free(memory) }

  mutating func add(_ number: UInt64, _ explanation: Explanation) throws(Failure) {
    if count == capacity {
      let larger = max(64, 2 * capacity)
      let grown = try unsafe SQLiteMemory.allocate(
        larger > Int.max / 8 ? .max : 8 * larger, explanation
      ).bindMemory(to: UInt64.self, capacity: larger)
      if let memory = unsafe memory { unsafe grown.update(from: memory, count: count) }
      unsafe SQLiteMemory.free(memory)
      unsafe memory = grown
      capacity = larger
    }
    // Safe: there is room now.
    unsafe memory.unsafelyUnwrapped[count] = number
    count += 1
  }

  /// By heapsort, which needs no more memory and no more time for any order.
  mutating func sort() {
    var start = count / 2
    while start > 0 {
      start -= 1
      sift(start, count)
    }
    var end = count
    while end > 1 {
      end -= 1
      swap(0, end)
      sift(0, end)
    }
  }

  /// `index` is below `count`.
  subscript(index: Int) -> UInt64 {
    assert(index >= 0 && index < count)
    // Safe: the caller's index is below the count.
    return unsafe memory.unsafelyUnwrapped[index]
  }

  /// After `sort`.
  func contains(_ number: UInt64) -> Bool {
    var (low, high) = (0, count)
    while low < high {
      let middle = low + (high - low) / 2
      if self[middle] < number { low = middle + 1 } else { high = middle }
    }
    return low < count && self[low] == number
  }

  /// Moves a number down to where both below it are smaller.
  private mutating func sift(_ start: Int, _ end: Int) {
    var parent = start
    while true {
      var child = 2 * parent + 1
      if child >= end { return }
      if child + 1 < end && self[child] < self[child + 1] { child += 1 }
      if self[parent] >= self[child] { return }
      swap(parent, child)
      parent = child
    }
  }

  private mutating func swap(_ one: Int, _ other: Int) {
    guard let memory = unsafe memory else { return }
    // Safe: both are below the count.
    let kept = unsafe memory[one]
    unsafe memory[one] = memory[other]
    unsafe memory[other] = kept
  }
}
