// SPDX-License-Identifier: MIT

import LeatSupport

/// What a save wrote into its stream's row.
struct RecentSave {
  /// A CRC of the stream's name.
  var tag: UInt32
  var rowCRC: UInt32
  /// The stream's id; 0 where there is no save.
  var id: Int64
  var generation: Int64
  var position: Int64

  static let none = RecentSave(tag: 0, rowCRC: 0, id: 0, generation: 0, position: 0)
}

/// The last saves of this writer, of some two thousand streams. If a stream's row is still as its
/// last save left it, a new save needs no query for the stream's checkpoints: nobody else writes to
/// them. An entry may be wrong, as after a rollback, a deletion or a rename. The statement that
/// uses it changes a row only if all of the row is as the entry says.
@safe struct RecentSaves {
  private let entries: UnsafeMutablePointer<RecentSave>

  // 64 KiB.
  private static let sets = 256
  private static let ways = 8

  /// `free` returns the memory.
  init(_ explanation: Explanation) throws(Failure) {
    let count = RecentSaves.sets * RecentSaves.ways
    unsafe entries = try SQLiteMemory.allocate(count * MemoryLayout<RecentSave>.stride, explanation)
      .bindMemory(to: RecentSave.self, capacity: count)
    unsafe entries.initialize(repeating: .none, count: count)
  }

  func free() { unsafe SQLiteMemory.free(entries) }

  /// The last save of a stream, if it is known.
  func find(_ tag: UInt32) -> RecentSave? {
    let first = RecentSaves.first(tag)
    for way in 0..<RecentSaves.ways {
      // Safe: first + ways is at most the number of entries.
      let entry = unsafe entries[first &+ way]
      if entry.tag == tag && entry.id != 0 { return entry }
    }
    return nil
  }

  /// Adds a save in place of an older one of the same stream, or of another stream.
  func add(_ save: RecentSave) {
    let first = RecentSaves.first(save.tag)
    var moved = save
    for way in 0..<RecentSaves.ways {
      // Safe: as above.
      let entry = unsafe entries[first &+ way]
      unsafe entries[first &+ way] = moved
      if entry.tag == save.tag || entry.id == 0 { return }
      moved = entry
    }
  }

  private static func first(_ tag: UInt32) -> Int {
    (Int(truncatingIfNeeded: tag) & (sets - 1)) &* ways
  }
}
