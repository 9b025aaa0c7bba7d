// SPDX-License-Identifier: MIT

import CLeat
import CStoreFiles
import LeatBytes

extension StoreHandle {
  /// Writes a checkpoint. `rewinds` allows a position before the newest one's.
  func save(
    _ name: StreamName, _ stream: StreamHandle, cursor: ByteView, rewinds: Bool
  ) throws(Failure) {
    try requireWritable()
    let model = try stream.fingerprint()
    let state = try unsafe stream.save(to: buffer(size: stream.stateSize))
    guard let position = Int64(exactly: stream.position) else {
      throw Failure(LEAT_E_ARGUMENT, "the stream's position is beyond LEAT_POSITION_MAX")
    }
    try inWriteTransaction { () throws(Failure) in
      try requireEpoch()
      let row = try find(name)
      let survey = if let row { try survey(row.id) } else { Survey() }
      let last = try predecessor(row, survey, name, model, position: position, rewinds: rewinds)
      guard last < .max else {
        throw Failure(LEAT_E_CORRUPT, "the generations of \(name) are used up, in \(connection)")
      }
      let newest = StreamRow.Newest(model: model, generation: last + 1, position: position)
      let id = try put(name, newest, id: row?.id)
      // Away with what is too old now, and with what bears its number or a later one, which is
      // damaged or rewound past.
      let oldest = max(1, last + 2 - options.generations)
      var next = 0
      while let slot = survey.slot(from: next, outside: oldest, last) {
        try deleteCheckpoint(id, slot: Int64(slot))
        next = slot + 1
      }
      try add(
        CheckpointRow(
          generation: last + 1, position: position, savedAt: leat_files_now_ms(), state: state,
          cursor: cursor),
        state, id, name)
    }
  }

  /// The generation that the new checkpoint comes after, 0 if none. Damaged ones don't count.
  private func predecessor(
    _ row: StreamRow?, _ survey: Survey, _ name: StreamName, _ model: Fingerprint, position: Int64,
    rewinds: Bool
  ) throws(Failure) -> Int64 {
    guard let row else { return 0 }
    if let newest = row.newest, newest.model == model, newest.position <= position {
      return newest.generation
    }
    // Only what could be loaded stands in the way.
    var bound = Int64.max
    while let generation = survey.newest(upTo: bound) {
      bound = generation - 1
      let found = try withCheckpoint(row.id, name, generation: generation) { $0?.whole?.info }
      guard let found else { continue }
      if found.fingerprint != model {
        throw Failure(
          LEAT_E_MISMATCH,
          "the checkpoints are of model \(found.fingerprint), the stream is of \(model): \(name)")
      }
      if found.position <= UInt64(position) { return generation }
      if !rewinds {
        throw Failure(
          LEAT_E_POSITION,
          "the stream is at position \(position), its newest checkpoint at \(found.position): \(name)"
        )
      }
    }
    return 0
  }

  private func deleteCheckpoint(_ stream: Int64, slot: Int64) throws(Failure) {
    let delete = try statement(.deleteCheckpoint)
    try delete.bind(1, StreamRow.slot(stream, slot))
    _ = try delete.step()
  }

  private func add(
    _ checkpoint: CheckpointRow, _ state: ByteView, _ stream: Int64, _ name: StreamName
  ) throws(Failure) {
    let add = try statement(.addCheckpoint)
    try add.bind(1, StreamRow.slot(stream, checkpoint.generation))
    try add.bind(2, checkpoint.generation)
    try add.bind(3, checkpoint.position)
    try add.bind(4, checkpoint.savedAt)
    try add.bind(5, Int64(checkpoint.stateCRC))
    try add.bind(6, Int64(checkpoint.checksum(of: name)))
    try add.bind(7, blob: checkpoint.cursor)
    try add.bind(8, blob: state)
    _ = try add.step()
  }

  /// Deletes a stream with all its checkpoints.
  func delete(_ name: StreamName) throws(Failure) {
    try requireWritable()
    try inWriteTransaction { () throws(Failure) in
      try requireEpoch()
      guard let row = try find(name) else {
        throw Failure(LEAT_E_NOT_FOUND, "no stream \(name) in \(connection)")
      }
      for slot in 0..<Int64(64) { try deleteCheckpoint(row.id, slot: slot) }
      let delete = try statement(.deleteStream)
      try delete.bind(1, row.id)
      _ = try delete.step()
    }
  }
}
