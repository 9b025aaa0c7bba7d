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

  /// The first from `start` on, nil if there is none.
  func next(from start: Int) -> Int? {
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

  func formUnion(_ other: SlotSet) {
    for index in 0..<wordCount { unsafe words[index] |= other.words[index] }
  }

  /// Takes in all of the other's, which offering threads fill, and empties that.
  func absorb(_ other: SharedSlotSet) {
    for index in 0..<wordCount where other.word(index).load() != 0 {
      unsafe words[index] |= other.word(index).exchange(0)
    }
  }
}

/// A set of slots that all threads may add to.
@safe struct SharedSlotSet {
  private let words: UnsafeMutablePointer<UInt64>

  init(_ words: UnsafeMutablePointer<UInt64>) { unsafe self.words = words }

  func word(_ index: Int) -> AtomicWord { unsafe AtomicWord(words + index) }

  func insert(_ slot: Int) { word(slot >> 6).set(1 << UInt64(slot & 63)) }
}
