// SPDX-License-Identifier: MIT

import LeatSupport

/// What a save left behind in the row of its stream.
struct RecentSave {
  /// Of the stream's name.
  var tag: UInt32
  var rowCRC: UInt32
  /// The stream's; 0 where there is no save.
  var id: Int64
  var generation: Int64
  var position: Int64

  static let none = RecentSave(tag: 0, rowCRC: 0, id: 0, generation: 0, position: 0)
}

/// The last saves of this writer, of some two thousand streams. A stream that is in here, and whose
/// row is still as its last save left it, needs no look for what else the tables hold of it: nobody
/// else writes to them. Nothing depends on an entry's being right: the statement that uses it changes
/// a row only if all of the row is as the entry says. So a rollback, a deletion or a new name need
/// not be known here.
@safe struct RecentSaves {
  private let entries: UnsafeMutablePointer<RecentSave>

  // 64 KiB.
  private static let sets = 256
  private static let ways = 8

  /// `free` gives the memory back.
  init() throws(Failure) {
    let count = RecentSaves.sets * RecentSaves.ways
    unsafe entries = try SQLiteMemory.allocate(count * MemoryLayout<RecentSave>.stride)
      .bindMemory(to: RecentSave.self, capacity: count)
    unsafe entries.initialize(repeating: .none, count: count)
  }

  func free() { unsafe SQLiteMemory.free(entries) }

  static func tag(_ name: StreamName) -> UInt32 {
    var crc = CRC32C()
    unsafe name.bytes.withBytes { unsafe crc.update($0) }
    return crc.value
  }

  /// The last save of a stream, as far as it's known.
  func find(_ tag: UInt32) -> RecentSave? {
    let first = RecentSaves.first(tag)
    for way in 0..<RecentSaves.ways {
      // Safe: first + ways is at most the number of entries.
      let entry = unsafe entries[first &+ way]
      if entry.tag == tag && entry.id != 0 { return entry }
    }
    return nil
  }

  /// Keeps a save, in the place of an older one of the stream, or of another's.
  func note(_ save: RecentSave) {
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
