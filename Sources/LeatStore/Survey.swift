// SPDX-License-Identifier: MIT

import CLeat
import LeatBytes

/// A stream's row in leat_stream.
struct StreamRow {
  let id: Int64
  /// nil when it can't be a fingerprint.
  let model: Fingerprint?

  /// The `id` of the first of the 64 rows that leat_checkpoint has room for per stream. They are
  /// numbered by stream and, within it, by generation modulo 64, so that they lie together and need
  /// no index.
  var firstSlot: Int64 { id << 6 }

  static let greatestID = Int64.max >> 6
}

/// Which checkpoints a stream has, by what their rows say and before any checksum.
struct Survey {
  /// By slot, and 0 where there is no row, or none with a generation. One that stands in another's
  /// slot is found out when it's read: it isn't where it belongs.
  private var generations = InlineArray<64, Int64>(repeating: 0)
  /// Rows without a generation, and one for pages that can't be read.
  private(set) var oddities = 0

  mutating func note(slot: Int64, generation: Int64?) {
    // Safe: the index is masked to the array's 64 entries.
    let slot = Int(truncatingIfNeeded: slot & 63)
    if let generation, generation > 0 {
      generations[slot] = generation
    } else {
      oddities += 1
    }
  }

  mutating func noteUnreadable() { oddities += 1 }

  /// The newest generation up to `bound`, or nil.
  func newest(upTo bound: Int64) -> Int64? {
    var newest: Int64 = 0
    for slot in 0..<64 where generations[slot] <= bound { newest = max(newest, generations[slot]) }
    return newest == 0 ? nil : newest
  }

  /// Whether there is a row outside a range of generations.
  func hasAny(outside range: ClosedRange<Int64>?) -> Bool {
    if oddities > 0 { return true }
    for slot in 0..<64 where generations[slot] != 0 {
      if range?.contains(generations[slot]) != true { return true }
    }
    return false
  }
}

extension StoreHandle {
  func find(_ name: StreamName) throws(Failure) -> StreamRow? {
    let find = try statement(.findStream)
    try find.bind(1, text: name.bytes)
    guard try find.step() else { return nil }
    guard let id = find.integer(0), id > 0, id <= StreamRow.greatestID else {
      throw Failure(LEAT_E_CORRUPT, "leat_stream has an impossible id for \(name), in \(connection)")
    }
    return StreamRow(id: id, model: try find.blob(1).flatMap { Fingerprint($0) })
  }

  /// Looks over a stream's checkpoints. `pastDamage` goes round pages that SQLite finds damaged
  /// and says so in the survey.
  func survey(_ stream: StreamRow, pastDamage: Bool) throws(Failure) -> Survey {
    do throws(Failure) {
      return try survey(.survey, stream.firstSlot)
    } catch let failure {
      guard pastDamage && failure.code == LEAT_E_CORRUPT else { throw failure }
    }
    var survey = Survey()
    var isTorn = false
    for slot in 0..<Int64(64) {
      do throws(Failure) {
        let one = try self.survey(.surveySlot, stream.firstSlot + slot)
        if let generation = one.newest(upTo: .max) {
          survey.note(slot: slot, generation: generation)
        } else if one.oddities > 0 {
          survey.note(slot: slot, generation: nil)
        }
      } catch let failure {
        guard failure.code == LEAT_E_CORRUPT else { throw failure }
        isTorn = true
      }
    }
    if isTorn { survey.noteUnreadable() }
    return survey
  }

  private func survey(_ query: Query, _ slot: Int64) throws(Failure) -> Survey {
    var survey = Survey()
    let rows = try statement(query)
    try rows.bind(1, slot)
    var count = 0
    while try rows.step() {
      // Pages that point at each other can make SQLite give rows without end.
      count += 1
      if count > 64 {
        throw Failure(LEAT_E_CORRUPT, "leat_checkpoint has more rows than ids, in \(connection)")
      }
      survey.note(slot: rows.integer(0) ?? 0, generation: rows.integer(1))
    }
    return survey
  }

  /// Reads a checkpoint's row without its state; nil when its checksum fails.
  func readPosition(
    _ stream: StreamRow, _ name: StreamName, generation: Int64
  ) throws(Failure) -> Int64? {
    let read = try statement(.readHead)
    try read.bind(1, stream.firstSlot + (generation & 63))
    guard try read.step() else { return nil }
    return try CheckpointRow(read, of: name)?.position
  }

  /// Reads a checkpoint for `body`, which gets nil when SQLite can't.
  func withCheckpoint<Result>(
    _ stream: StreamRow, _ name: StreamName, generation: Int64,
    _ body: (Checkpoint?) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let read = try statement(.readWhole)
    try read.bind(1, stream.firstSlot + (generation & 63))
    var checkpoint: Checkpoint?
    do throws(Failure) {
      if try read.step() { checkpoint = try Checkpoint(read, of: name) }
    } catch let failure {
      guard failure.code == LEAT_E_CORRUPT else { throw failure }
    }
    // The checkpoint's bytes are the statement's.
    defer { extendLifetime(read) }
    return try body(checkpoint)
  }
}
