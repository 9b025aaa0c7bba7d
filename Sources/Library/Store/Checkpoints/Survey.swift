// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

/// Which checkpoints a stream has, by what their rows say and before any checksum.
struct Survey {
  /// By slot, and 0 where there is no row, or none with a generation. One that stands in another's
  /// slot is found out when it's read: it isn't where it belongs.
  private var generations = InlineArray<64, Int64>(repeating: 0)

  mutating func note(slot: Int64, generation: Int64?) {
    guard let generation, generation > 0 else { return }
    // Safe: the index is masked to the array's 64 entries.
    generations[Int(truncatingIfNeeded: slot & 63)] = generation
  }

  func shows(_ generation: Int64) -> Bool {
    // Safe: as above.
    generations.span[Int(truncatingIfNeeded: generation & 63)] == generation
  }

  /// The first slot from `slot` on whose generation is outside of a range, or nil.
  func slot(from slot: Int, outside oldest: Int64, _ newest: Int64) -> Int? {
    // A span, as each look into an InlineArray may copy all of it.
    let generations = generations.span
    for slot in slot..<64 where generations[slot] != 0 {
      if generations[slot] < oldest || generations[slot] > newest { return slot }
    }
    return nil
  }

  /// The newest generation up to `bound`, or nil.
  func newest(upTo bound: Int64) -> Int64? {
    let generations = generations.span
    var newest: Int64 = 0
    for slot in 0..<64 where generations[slot] <= bound { newest = max(newest, generations[slot]) }
    return newest == 0 ? nil : newest
  }
}

extension StoreHandle {
  /// Looks over a stream's checkpoints. That a walk over them doesn't show the one which the row
  /// names may be the walk's fault.
  func survey(of row: StreamRow) throws(Failure) -> Survey {
    let survey = try survey(row.id)
    guard let newest = row.newest, !survey.shows(newest.generation) else { return survey }
    hasSeenDamage = true
    return try surveySlots(row.id)
  }

  /// The newest checkpoint that is whole, which is the one that a load chooses: its generation, and
  /// the checksum of its row.
  func newestWhole(
    _ row: StreamRow, _ name: StreamName
  ) throws(Failure) -> (generation: Int64, checksum: UInt32)? {
    let survey = try survey(of: row)
    var bound = Int64.max
    while let generation = survey.newest(upTo: bound) {
      bound = generation - 1
      let checksum = try withCheckpoint(row.id, name, generation: generation) {
        $0?.whole?.row.checksum(of: name)
      }
      if let checksum { return (generation, checksum) }
    }
    return nil
  }

  /// Whether a search finds a checkpoint in a slot.
  func hasCheckpoint(_ stream: Int64, slot: Int64) throws(Failure) -> Bool {
    let find = try statement(.surveySlot)
    try find.bind(1, StreamRow.slot(stream, slot))
    return try find.step()
  }

  /// Looks over a stream's checkpoints. Where SQLite finds a damaged page it goes round it.
  func survey(_ stream: Int64) throws(Failure) -> Survey {
    do throws(Failure) {
      return try survey(.survey, StreamRow.slot(stream, 0))
    } catch let failure {
      guard failure.code == LEAT_E_CORRUPT else { throw failure }
      hasSeenDamage = true
    }
    return try surveySlots(stream)
  }

  private func surveySlots(_ stream: Int64) throws(Failure) -> Survey {
    var survey = Survey()
    for slot in 0..<Int64(64) {
      do throws(Failure) {
        let one = try self.survey(.surveySlot, StreamRow.slot(stream, slot))
        survey.note(slot: slot, generation: one.newest(upTo: .max))
      } catch let failure {
        guard failure.code == LEAT_E_CORRUPT else { throw failure }
      }
    }
    return survey
  }

  private func survey(_ query: Query, _ first: Int64) throws(Failure) -> Survey {
    var survey = Survey()
    let rows = try statement(query)
    try rows.bind(1, first)
    var last = Int64.min
    while try rows.step() {
      // Pages that point at each other can make SQLite give the same rows again, without end.
      guard let id = rows.integer(0), id > last else {
        throw Failure(LEAT_E_CORRUPT, "leat_checkpoint is out of order, in \(connection)")
      }
      last = id
      survey.note(slot: id, generation: rows.integer(1))
    }
    return survey
  }

  /// Reads a checkpoint for `body`, which gets nil when it isn't there or SQLite can't read it.
  func withCheckpoint<Result>(
    _ stream: Int64, _ name: StreamName, generation: Int64,
    _ body: (Checkpoint?) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let read = try statement(.readCheckpoint)
    try read.bind(1, StreamRow.slot(stream, generation))
    var checkpoint: Checkpoint?
    do throws(Failure) {
      if try read.step() { checkpoint = try Checkpoint(read, of: name, generation: generation) }
    } catch let failure {
      guard failure.code == LEAT_E_CORRUPT else { throw failure }
      hasSeenDamage = true
    }
    // The checkpoint's bytes are the statement's.
    defer { extendLifetime(read) }
    return try body(checkpoint)
  }
}
