// SPDX-License-Identifier: MIT

/// The generations of a stream's checkpoints, as their rows claim before any checksum. A stream has
/// 64 slots for them, by generation modulo 64.
struct StoredGenerations {
  /// By slot; 0 where there is no row, or none with a generation. That a row is in the wrong slot
  /// shows when it is read.
  private var generations = InlineArray<64, Int64>(repeating: 0)

  mutating func note(slot: Int64, generation: Int64?) {
    guard let generation, generation > 0 else { return }
    // Safe: the index is masked to the array's 64 entries.
    generations[Int(truncatingIfNeeded: slot & 63)] = generation
  }

  func contains(_ generation: Int64) -> Bool {
    // Safe: as above.
    generations.span[Int(truncatingIfNeeded: generation & 63)] == generation
  }

  /// The first slot from `slot` on whose generation is outside of a range, or nil.
  func slot(from slot: Int, outside oldest: Int64, _ newest: Int64) -> Int? {
    // A span, as each access to an InlineArray may copy all of it.
    let generations = generations.span
    for slot in slot..<64 where generations[slot] != 0 {
      if generations[slot] < oldest || generations[slot] > newest { return slot }
    }
    return nil
  }

  var newest: Int64? { newest(upTo: .max) }

  private func newest(upTo bound: Int64) -> Int64? {
    let generations = generations.span
    var newest: Int64 = 0
    for slot in 0..<64 where generations[slot] <= bound { newest = max(newest, generations[slot]) }
    return newest == 0 ? nil : newest
  }

  /// Goes through all generations, from the newest to the oldest. (`Sequence` would allocate.)
  var newestFirst: NewestFirst { NewestFirst(of: self) }

  struct NewestFirst {
    private let generations: StoredGenerations
    private var bound = Int64.max

    fileprivate init(of generations: StoredGenerations) { self.generations = generations }

    mutating func next() -> Int64? {
      guard let generation = generations.newest(upTo: bound) else { return nil }
      bound = generation - 1
      return generation
    }
  }
}

/// Generations and when each was saved.
struct StoredAges {
  private(set) var generations = StoredGenerations()
  private var times = InlineArray<64, Int64>(repeating: 0)
  /// The number of all rows.
  private(set) var count: UInt64 = 0

  /// A row in another generation's slot is counted only.
  mutating func note(_ stream: Int64, _ id: Int64, generation: Int64?, savedAt: Int64?) {
    count &+= 1
    guard let generation, generation > 0, let savedAt,
      StreamRow.checkpointID(stream, generation) == id
    else { return }
    generations.note(slot: id, generation: generation)
    // Safe: the index is masked to the array's 64 entries.
    times[Int(truncatingIfNeeded: id & 63)] = savedAt
  }

  func savedAt(_ generation: Int64) -> Int64 {
    times.span[Int(truncatingIfNeeded: generation & 63)]
  }
}
