// SPDX-License-Identifier: MIT

/// A set of slots, a bit for each, that one thread uses.
@safe struct SlotSet {
  private let words: UnsafeMutablePointer<UInt64>
  private let wordCount: Int

  init(_ words: UnsafeMutablePointer<UInt64>, wordCount: Int) {
    unsafe self.words = words
    self.wordCount = wordCount
  }

  func insert(_ slot: Int) { unsafe words[slot >> 6] |= 1 << UInt64(slot & 63) }

  func remove(_ slot: Int) { unsafe words[slot >> 6] &= ~(1 << UInt64(slot & 63)) }

  func contains(_ slot: Int) -> Bool { unsafe words[slot >> 6] & 1 << UInt64(slot & 63) != 0 }

  var first: Int? { next(from: 0) }

  func formUnion(_ other: SlotSet) {
    for index in 0..<wordCount { unsafe words[index] |= other.words[index] }
  }

  /// Takes all slots out of a set that other threads add to.
  func absorb(_ other: SharedSlotSet) {
    for index in 0..<wordCount where other.word(index).load() != 0 {
      unsafe words[index] |= other.word(index).exchange(0)
    }
  }

  /// Goes through the set in ascending order. It may change meanwhile. (`Sequence` would allocate.)
  var ascending: Ascending { Ascending(of: self) }

  struct Ascending {
    private let set: SlotSet
    private var start = 0

    fileprivate init(of set: SlotSet) { self.set = set }

    mutating func next() -> Int? {
      guard let slot = set.next(from: start) else { return nil }
      start = slot + 1
      return slot
    }
  }

  private func next(from start: Int) -> Int? {
    var index = start >> 6
    guard index < wordCount else { return nil }
    var word = unsafe words[index] & ~0 << UInt64(start & 63)
    while word == 0 {
      index += 1
      guard index < wordCount else { return nil }
      word = unsafe words[index]
    }
    return index << 6 + word.trailingZeroBitCount
  }
}

/// A set of slots that all threads may add to.
@safe struct SharedSlotSet {
  private let words: UnsafeMutablePointer<UInt64>

  init(_ words: UnsafeMutablePointer<UInt64>) { unsafe self.words = words }

  fileprivate func word(_ index: Int) -> AtomicWord { unsafe AtomicWord(words + index) }

  func insert(_ slot: Int) { word(slot >> 6).set(1 << UInt64(slot & 63)) }
}
