// SPDX-License-Identifier: MIT
//
// A save changes three rows in one transaction, and the count of commits: the stream's row, which names the new checkpoint;
// the checkpoint that is too old now, which it deletes; and the new checkpoint. The usual save
// knows from `RecentSaves` what the stream's row was, and changes the row only if it is still the
// same (`advance`). Then it needs no query. Any other save first finds what the stream has: which
// checkpoint the new one follows (`Predecessor`), and which ones must go. It then reads back what
// it wrote.

import CLeat
import CStoreFiles
import LeatSupport

/// Which checkpoints a save may delete; without the flag they make it fail: the header's `LEAT_SAVE_*`.
struct SaveFlags {
  /// Checkpoints at later positions.
  let rewinds: Bool
  /// Checkpoints of another model.
  var replaces = false
}

/// A checkpoint to be written. Its state was checked.
struct NewCheckpoint {
  let model: Fingerprint
  let position: Int64
  let state: ByteView
  let cursor: ByteView
  let flags: SaveFlags
}

/// Where a checkpoint was written.
struct WrittenCheckpoint {
  /// Of the stream.
  let id: Int64
  let generation: Int64
  /// Of the checkpoint's row.
  let checksum: UInt32
  /// Of the stream's name.
  let tag: UInt32
}

extension StoreHandle {
  /// Writes a checkpoint of a stream.
  func save(
    _ name: StreamName, _ stream: CoreStream, cursor: ByteView, flags: SaveFlags
  ) throws(Failure) {
    try requireWritable()
    let new = try checkpoint(of: stream, cursor: cursor, flags: flags)
    try writeAlone(name, new)
  }

  private func writeAlone(_ name: StreamName, _ new: NewCheckpoint) throws(Failure) {
    // The stream may be a group's member.
    tables.kept.knownGroup = nil
    try inWriteTransaction { () throws(Failure) in _ = try write(name, new) }
  }

  /// A checkpoint of a stream, whose state is valid until the next call of this.
  func checkpoint(
    of stream: CoreStream, cursor: ByteView, flags: SaveFlags
  ) throws(Failure) -> NewCheckpoint {
    let size = stream.stateSize
    let state = try unsafe stream.save(to: buffer(size: size), size: size)
    guard let position = Int64(exactly: stream.position) else {
      throw explanation.failure(
        LEAT_E_ARGUMENT, "the stream's position is beyond LEAT_POSITION_MAX")
    }
    return NewCheckpoint(
      model: stream.fingerprint(fromOwn: state), position: position, state: state, cursor: cursor,
      flags: flags)
  }

  /// Writes a checkpoint of a state that the caller has.
  func importState(
    _ name: StreamName, _ state: ByteView, cursor: ByteView, flags: SaveFlags
  ) throws(Failure) {
    try requireWritable()
    let info = try StateInfo(checking: state, explanation)
    guard let position = Int64(exactly: info.position) else {
      throw explanation.failure(LEAT_E_CORRUPT, "the state's position is beyond LEAT_POSITION_MAX")
    }
    let new = NewCheckpoint(
      model: info.fingerprint, position: position, state: state, cursor: cursor, flags: flags)
    try writeAlone(name, new)
  }

  /// Writes a checkpoint, inside a write transaction.
  func write(
    _ name: StreamName, _ new: NewCheckpoint
  ) throws(Failure) -> WrittenCheckpoint {
    let tag = tables.tag(of: name)
    try ownership.requireEpoch(tables)
    if let written = try advance(name, new, tag) { return written }
    let row = try tables.find(name)
    var stored = StoredGenerations()
    if let row { stored = try tables.generations(of: row) }
    let before = try predecessor(row, stored, name, new)
    guard before.lastNumber < .max else {
      throw explanation.failure(
        LEAT_E_CORRUPT, "the generations are used up: \(name) in \(connection)")
    }
    let newest = StreamRow.Newest(
      model: new.model, generation: before.lastNumber + 1, position: new.position)
    let rowCRC = newest.checksum(of: name, connection.emptyCRC)
    let id = try tables.write(name, newest, rowCRC: rowCRC, id: row?.id)
    // A lost row may have left checkpoints under the id of a new stream.
    if row == nil { stored = try tables.generations(ofStream: id) }
    if stored.newest != row?.newest?.generation { tables.kept.hasSeenDamage = true }
    // What goes: checkpoints that are too old now, those of another model, and those after the
    // predecessor, which are damaged or rewound past.
    try tables.deleteCheckpoints(
      id, among: stored,
      exceptFrom: before.keepsNone ? .max : max(1, before.generation - options.generations + 2),
      to: before.generation)
    let checkpoint = try insert(new, generation: newest.generation, id, name)
    try readBack(name, id, newest, checkpoint)
    remember(newest, rowCRC, id, tag)
    return WrittenCheckpoint(
      id: id, generation: newest.generation, checksum: checkpoint.checksum, tag: tag)
  }

  /// Writes a checkpoint after one that this writer wrote before, if the stream's row is still as
  /// that save left it. Returns nil if it wasn't.
  private func advance(
    _ name: StreamName, _ new: NewCheckpoint, _ tag: UInt32
  ) throws(Failure) -> WrittenCheckpoint? {
    guard !tables.kept.hasSeenDamage, let last = tables.kept.recentSaves?.find(tag),
      last.position <= new.position, last.generation < .max
    else { return nil }
    let newest = StreamRow.Newest(
      model: new.model, generation: last.generation + 1, position: new.position)
    let rowCRC = newest.checksum(of: name, connection.emptyCRC)
    let changes = connection.totalChanges
    if try !tables.advance(name, from: last, to: newest, rowCRC: rowCRC) { return nil }
    // One checkpoint is too old now. All others are kept.
    let hasOld = last.generation >= options.generations
    var isOldGone = false
    if hasOld {
      isOldGone = try tables.deleteCheckpoint(
        last.id, slot: newest.generation - options.generations)
    }
    let checkpoint = try insert(new, generation: newest.generation, last.id, name)
    if isOldGone != hasOld { try deleteAllButNewest(of: last.id) }
    // Each statement changed one row, and no trigger changed another.
    let isAlone = connection.totalChanges - changes == (isOldGone ? 3 : 2)
    if isOldGone != hasOld || !isAlone || !tables.isReadBack(.advanceStream)
      || !tables.isReadBack(.insertCheckpoint)
    {
      try readBack(name, last.id, newest, checkpoint)
      // Only a new position proves that positions are written.
      if last.position != new.position { tables.setReadBack(.advanceStream) }
    }
    remember(newest, rowCRC, last.id, tag)
    return WrittenCheckpoint(
      id: last.id, generation: newest.generation, checksum: checkpoint.checksum, tag: tag)
  }

  private func remember(
    _ newest: StreamRow.Newest, _ rowCRC: UInt32, _ id: Int64, _ tag: UInt32
  ) {
    tables.kept.recentSaves?.add(
      RecentSave(
        tag: tag, rowCRC: rowCRC, id: id, generation: newest.generation,
        position: newest.position))
  }

  private func insert(
    _ new: NewCheckpoint, generation: Int64, _ stream: Int64, _ name: StreamName
  ) throws(Failure) -> CheckpointRow {
    let row = CheckpointRow(
      of: name, generation: generation, position: new.position, savedAt: leat_files_now_ms(),
      state: new.state, cursor: new.cursor, connection.emptyCRC)
    try tables.insert(row, state: new.state, stream)
    return row
  }
}
