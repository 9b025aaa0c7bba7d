// SPDX-License-Identifier: MIT

import CLeat
import CStoreFiles
import LeatSupport

/// What may stand in a new checkpoint's way, to be deleted: the header's `LEAT_SAVE_*`.
struct SaveFlags {
  /// Checkpoints that are further on.
  let rewinds: Bool
  /// Checkpoints of another model.
  var replaces = false
}

/// A checkpoint that is to be written, its state checked.
struct NewCheckpoint {
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
      var survey = Survey()
      if let row { survey = try self.survey(of: row) }
      let before = try predecessor(row, survey, name, new)
      guard before.number < .max else {
        throw Failure(LEAT_E_CORRUPT, "the generations are used up: \(name) in \(connection)")
      }
      let newest = StreamRow.Newest(
        model: new.model, generation: before.number + 1, position: new.position)
      let rowCRC = newest.checksum(of: name)
      let id = try put(name, newest, rowCRC: rowCRC, id: row?.id)
      // Away with what is too old now, with another model's, and with what is later than the
      // predecessor, which is damaged or rewound past; and, of a new stream, with all that a row
      // which was lost has left under its id.
      if row == nil { survey = try self.survey(id) }
      if survey.newest(upTo: .max) != row?.newest?.generation { hasSeenDamage = true }
      try keep(
        survey, from: before.keepsNone ? .max : max(1, before.generation - options.generations + 2),
        to: before.generation, of: id)
      let checkpoint = try add(new, generation: newest.generation, id, name)
      try readBack(name, id, newest, checkpoint)
      note(newest, rowCRC, id, tag)
    }
  }

  /// Writes a checkpoint after one that this writer wrote before, when the stream's row is still as
  /// that left it. Says whether it is.
  private func advance(
    _ name: StreamName, _ new: NewCheckpoint, _ tag: UInt32
  ) throws(Failure) -> Bool {
    guard !hasSeenDamage, let last = recentSaves?.find(tag), last.position <= new.position,
      last.generation < .max
    else { return false }
    let newest = StreamRow.Newest(
      model: new.model, generation: last.generation + 1, position: new.position)
    let rowCRC = newest.checksum(of: name)
    let written = connection.writtenRows
    let advance = try statement(.advanceStream)
    try advance.bind(1, newest.generation)
    try advance.bind(2, newest.position)
    try advance.bind(3, Int64(rowCRC))
    try advance.bind(4, last.id)
    try advance.bind(5, text: name.bytes)
    try advance.bind(7, last.generation)
    try advance.bind(8, Int64(last.rowCRC))
    let advanced = try new.model.withView { model throws(Failure) in
      try advance.bind(6, blob: model)
      return try advance.write()
    }
    if advanced == 0 { return false }
    // The one that is too old now; there are no others but those that are kept.
    let hasOld = last.generation >= options.generations
    var isOldGone = false
    if hasOld {
      isOldGone = try deleteCheckpoint(last.id, slot: newest.generation - options.generations)
    }
    let checkpoint = try add(new, generation: newest.generation, last.id, name)
    if isOldGone != hasOld { try keepNewest(of: last.id) }
    // Each statement changed one row, and nothing else did along with them.
    let isAlone = connection.writtenRows - written == (isOldGone ? 3 : 2)
    if isOldGone != hasOld || !isAlone || !isProven(.advanceStream)
      || !isProven(.addCheckpoint)
    {
      try readBack(name, last.id, newest, checkpoint)
      // Only a position that is another shows that positions are written.
      if last.position != new.position { prove(.advanceStream) }
    }
    note(newest, rowCRC, last.id, tag)
    return true
  }

  private func note(_ newest: StreamRow.Newest, _ rowCRC: UInt32, _ id: Int64, _ tag: UInt32) {
    recentSaves?.note(
      RecentSave(
        tag: tag, rowCRC: rowCRC, id: id, generation: newest.generation,
        position: newest.position))
  }

  private func add(
    _ new: NewCheckpoint, generation: Int64, _ stream: Int64, _ name: StreamName
  ) throws(Failure) -> CheckpointRow {
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
    try add.writeRow(of: "leat_checkpoint")
    return row
  }
}
