// SPDX-License-Identifier: MIT

import CLeat
import CStoreFiles
import LeatBytes

/// What may stand in a new checkpoint's way, to be deleted: the header's `LEAT_SAVE_*`.
struct SaveFlags {
  /// Checkpoints that are further on.
  let rewinds: Bool
  /// Checkpoints of another model.
  var replaces = false
}

/// A checkpoint that is to be written, its state checked.
private struct NewCheckpoint {
  let model: Fingerprint
  let position: Int64
  let state: ByteView
  let cursor: ByteView
  let flags: SaveFlags
}

extension StoreHandle {
  /// Writes a checkpoint of a stream.
  func save(
    _ name: StreamName, _ stream: StreamHandle, cursor: ByteView, flags: SaveFlags
  ) throws(Failure) {
    try requireWritable()
    let model = try stream.fingerprint()
    let state = try unsafe stream.save(to: buffer(size: stream.stateSize))
    guard let position = Int64(exactly: stream.position) else {
      throw Failure(LEAT_E_ARGUMENT, "the stream's position is beyond LEAT_POSITION_MAX")
    }
    try write(
      name,
      NewCheckpoint(model: model, position: position, state: state, cursor: cursor, flags: flags))
  }

  /// Writes a checkpoint of a state that comes from elsewhere.
  func importState(
    _ name: StreamName, _ state: ByteView, cursor: ByteView, flags: SaveFlags
  ) throws(Failure) {
    try requireWritable()
    let info = try StateInfo(checking: state)
    guard let position = Int64(exactly: info.position) else {
      throw Failure(LEAT_E_CORRUPT, "the state's position is beyond LEAT_POSITION_MAX")
    }
    try write(
      name,
      NewCheckpoint(
        model: info.fingerprint, position: position, state: state, cursor: cursor, flags: flags))
  }

  private func write(_ name: StreamName, _ new: NewCheckpoint) throws(Failure) {
    let tag = RecentSaves.tag(name)
    try inWriteTransaction { () throws(Failure) in
      try requireEpoch()
      if try advance(name, new, tag) { return }
      let row = try find(name)
      let (last, isOtherModel) = try predecessor(row, name, new)
      guard last < .max else {
        throw Failure(LEAT_E_CORRUPT, "the generations of \(name) are used up, in \(connection)")
      }
      let newest = StreamRow.Newest(
        model: new.model, generation: last + 1, position: new.position)
      let rowCRC = newest.checksum(of: name)
      let id = try put(name, newest, rowCRC: rowCRC, id: row?.id)
      // Away with what is too old now, with another model's, and with what bears its number or a
      // later one, which is damaged or rewound past; and, of a new stream, with all that a row which
      // was lost has left under its id.
      try keep(
        from: row == nil || isOtherModel ? .max : max(1, last + 2 - options.generations), to: last,
        of: id)
      try add(new, generation: last + 1, id, name)
      note(newest, rowCRC, id, tag)
    }
  }

  /// Writes a checkpoint after one that this writer wrote before, when the stream's row is still as
  /// that left it. Says whether it is.
  private func advance(
    _ name: StreamName, _ new: NewCheckpoint, _ tag: UInt32
  ) throws(Failure) -> Bool {
    guard let last = recentSaves?.find(tag), last.position <= new.position,
      last.generation < .max
    else { return false }
    let newest = StreamRow.Newest(
      model: new.model, generation: last.generation + 1, position: new.position)
    let rowCRC = newest.checksum(of: name)
    let advance = try statement(.advanceStream)
    try advance.bind(1, newest.generation)
    try advance.bind(2, newest.position)
    try advance.bind(3, Int64(rowCRC))
    try advance.bind(4, last.id)
    try advance.bind(5, text: name.bytes)
    try advance.bind(7, last.generation)
    try advance.bind(8, Int64(last.rowCRC))
    try new.model.withView { model throws(Failure) in
      try advance.bind(6, blob: model)
      _ = try advance.step()
    }
    if connection.changedRows == 0 { return false }
    // The one that is too old now; there are no others but those that are kept.
    if last.generation >= options.generations {
      try deleteCheckpoint(last.id, slot: newest.generation - options.generations)
    }
    try add(new, generation: newest.generation, last.id, name)
    note(newest, rowCRC, last.id, tag)
    return true
  }

  private func note(_ newest: StreamRow.Newest, _ rowCRC: UInt32, _ id: Int64, _ tag: UInt32) {
    recentSaves?.note(
      RecentSave(
        tag: tag, rowCRC: rowCRC, id: id, generation: newest.generation,
        position: newest.position))
  }

  /// The generation that the new checkpoint comes after, 0 if none, and whether that one is of
  /// another model. Damaged ones don't count.
  private func predecessor(
    _ row: StreamRow?, _ name: StreamName, _ new: NewCheckpoint
  ) throws(Failure) -> (generation: Int64, isOtherModel: Bool) {
    guard let row else { return (0, false) }
    if let newest = row.newest, newest.model == new.model, newest.position <= new.position {
      return (newest.generation, false)
    }
    // Only what could be loaded stands in the way.
    let survey = try survey(row.id)
    var bound = Int64.max
    while let generation = survey.newest(upTo: bound) {
      bound = generation - 1
      let found = try withCheckpoint(row.id, name, generation: generation) { $0?.whole?.info }
      guard let found else { continue }
      if found.fingerprint != new.model {
        if new.flags.replaces { return (generation, true) }
        throw Failure(
          LEAT_E_MISMATCH,
          "the checkpoints are of model \(found.fingerprint), the new one of \(new.model): \(name)")
      }
      if found.position <= UInt64(new.position) { return (generation, false) }
      if !new.flags.rewinds {
        throw Failure(
          LEAT_E_POSITION,
          """
          the stream is at position \(new.position), its newest checkpoint at \(found.position): \
          \(name)
          """)
      }
    }
    return (0, false)
  }

  /// Deletes a stream's checkpoints but those of a range of generations. One by one: a statement for
  /// all of them would never end on pages that point at each other.
  private func keep(
    from oldest: Int64, to newest: Int64, of stream: Int64
  ) throws(Failure) {
    let survey = try survey(stream)
    var next = 0
    while let slot = survey.slot(from: next, outside: oldest, newest) {
      try deleteCheckpoint(stream, slot: Int64(slot))
      next = slot + 1
    }
  }

  func deleteCheckpoint(_ stream: Int64, slot: Int64) throws(Failure) {
    let delete = try statement(.deleteCheckpoint)
    try delete.bind(1, StreamRow.slot(stream, slot))
    _ = try delete.step()
  }

  private func add(
    _ new: NewCheckpoint, generation: Int64, _ stream: Int64, _ name: StreamName
  ) throws(Failure) {
    let row = CheckpointRow(
      generation: generation, position: new.position, savedAt: leat_files_now_ms(),
      state: new.state, cursor: new.cursor)
    let add = try statement(.addCheckpoint)
    try add.bind(1, StreamRow.slot(stream, generation))
    try add.bind(2, generation)
    try add.bind(3, row.position)
    try add.bind(4, row.savedAt)
    try add.bind(5, Int64(row.stateCRC))
    try add.bind(6, Int64(row.checksum(of: name)))
    try add.bind(7, blob: new.cursor)
    try add.bind(8, blob: new.state)
    _ = try add.step()
  }
}
