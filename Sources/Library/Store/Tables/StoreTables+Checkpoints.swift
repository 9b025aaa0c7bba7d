// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

extension StoreTables {
  /// Finds a stream's checkpoints. If the checkpoint that the stream's row names isn't among them,
  /// the range query may be what missed it, by a damaged page: then each slot is searched by
  /// itself.
  func generations(of row: StreamRow) throws(Failure) -> StoredGenerations {
    let found = try generations(ofStream: row.id)
    guard let newest = row.newest, !found.contains(newest.generation) else { return found }
    kept.hasSeenDamage = true
    return try generationsBySlot(row.id)
  }

  /// Finds a stream's checkpoints, without those on damaged pages.
  func generations(ofStream id: Int64) throws(Failure) -> StoredGenerations {
    do throws(Failure) {
      return try generations(.generations, StreamRow.checkpointID(id, 0))
    } catch let failure {
      guard failure.code == LEAT_E_CORRUPT else { throw failure }
      kept.hasSeenDamage = true
    }
    return try generationsBySlot(id)
  }

  private func generationsBySlot(_ stream: Int64) throws(Failure) -> StoredGenerations {
    var all = StoredGenerations()
    for slot in 0..<Int64(64) {
      do throws(Failure) {
        let one = try generations(.generation, StreamRow.checkpointID(stream, slot))
        all.note(slot: slot, generation: one.newest)
      } catch let failure {
        guard failure.code == LEAT_E_CORRUPT else { throw failure }
      }
    }
    return all
  }

  private func generations(
    _ query: Query, _ first: Int64
  ) throws(Failure) -> StoredGenerations {
    var generations = StoredGenerations()
    let rows = try statement(query, first)
    var order = RowOrder()
    while try rows.step() {
      let id = try order.next(rows, connection)
      generations.note(slot: id, generation: rows.integer(1))
    }
    return generations
  }

  func ages(ofStream id: Int64) throws(Failure) -> StoredAges {
    var ages = StoredAges()
    let rows = try statement(.ages, StreamRow.checkpointID(id, 0))
    var order = RowOrder()
    while try rows.step() {
      let row = try order.next(rows, connection)
      ages.note(id, row, generation: rows.integer(1), savedAt: rows.integer(2))
    }
    return ages
  }

  /// Reads a checkpoint for `body`, which gets nil when it isn't there or SQLite can't read it.
  func withCheckpoint<Result>(
    _ stream: Int64, _ name: StreamName, generation: Int64,
    _ body: (Checkpoint?) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let read = try statement(.readCheckpoint, StreamRow.checkpointID(stream, generation))
    var checkpoint: Checkpoint?
    do throws(Failure) {
      if try read.step() { checkpoint = try Checkpoint(read, of: name, generation: generation) }
    } catch let failure {
      guard failure.code == LEAT_E_CORRUPT else { throw failure }
      kept.hasSeenDamage = true
    }
    // The checkpoint's bytes are the statement's.
    defer { extendLifetime(read) }
    return try body(checkpoint)
  }

  /// The newest checkpoint that is whole, which is what a load chooses: its generation and the
  /// checksum of its row.
  func newestWhole(
    _ row: StreamRow, _ name: StreamName
  ) throws(Failure) -> (generation: Int64, checksum: UInt32)? {
    var newestFirst = try generations(of: row).newestFirst
    while let generation = newestFirst.next() {
      let checksum = try withCheckpoint(row.id, name, generation: generation) {
        $0?.whole?.row.checksum
      }
      if let checksum { return (generation, checksum) }
    }
    return nil
  }

  func insert(_ row: CheckpointRow, state: ByteView, _ stream: Int64) throws(Failure) {
    let insert = try statement(.insertCheckpoint)
    try insert.bind(
      1, StreamRow.checkpointID(stream, row.generation), row.generation, row.position)
    try insert.bind(4, row.savedAt, Int64(row.stateCRC), Int64(row.checksum))
    try insert.bind(7, blob: row.cursor)
    try insert.bind(8, blob: state)
    try insert.writeRow(of: "leat_checkpoint")
  }

  func setChecksum(
    _ checksum: UInt32, ofCheckpoint generation: Int64, _ stream: Int64
  ) throws(Failure) {
    let id = StreamRow.checkpointID(stream, generation)
    try statement(.setCheckpointChecksum, id, Int64(checksum)).writeRow(of: "leat_checkpoint")
  }

  /// Deletes the checkpoint in a slot, that of a generation modulo 64. Returns whether there was
  /// one.
  @discardableResult
  func deleteCheckpoint(_ stream: Int64, slot: Int64) throws(Failure) -> Bool {
    try statement(.deleteCheckpoint, StreamRow.checkpointID(stream, slot)).write() != 0
  }

  /// Deletes a checkpoint that a query returned. Returns whether it was there: on pages of an
  /// earlier moment a search doesn't find all that a range query does.
  @discardableResult
  func deleteFound(_ stream: Int64, slot: Int64) throws(Failure) -> Bool {
    if try deleteCheckpoint(stream, slot: slot) { return true }
    if try statement(.generation, StreamRow.checkpointID(stream, slot)).step() {
      throw explanation.failure(
        LEAT_E_UNSUPPORTED,
        """
        0 rows of leat_checkpoint deleted, expected 1: a trigger or an authorizer on the connection \
        prevents it: \(connection)
        """)
    }
    kept.hasSeenDamage = true
    return false
  }

  /// Deletes the checkpoints of a stream but those from one generation to another: one by one, as
  /// one statement for many would never end on pages that point at each other.
  func deleteCheckpoints(
    _ stream: Int64, among generations: StoredGenerations, exceptFrom oldest: Int64,
    to newest: Int64
  ) throws(Failure) {
    var next = 0
    while let slot = generations.slot(from: next, outside: oldest, newest) {
      try deleteFound(stream, slot: Int64(slot))
      next = slot + 1
    }
  }
}
