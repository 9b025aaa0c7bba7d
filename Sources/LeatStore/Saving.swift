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
      let row = try findOrAdd(name, model)
      let survey = try survey(row, pastDamage: false)
      let last = try predecessor(row, name, survey, position: position, rewinds: rewinds)
      guard last < .max else {
        throw Failure(LEAT_E_CORRUPT, "the generations of \(name) are used up, in \(connection)")
      }
      try deleteCheckpoints(row, survey, outside: last + 1)
      try add(
        CheckpointRow(
          generation: last + 1, position: position, savedAt: leat_files_now_ms(), state: state,
          cursor: cursor),
        state, row, name)
    }
  }

  /// The stream's row, made when there is none. Throws when its checkpoints are another model's.
  private func findOrAdd(
    _ name: StreamName, _ model: Fingerprint
  ) throws(Failure) -> StreamRow {
    guard let row = try find(name) else {
      let add = try statement(.addStream)
      try add.bind(1, text: name.bytes)
      return try withView(of: model) { view throws(Failure) in
        try add.bind(2, blob: view)
        guard try add.step(), let id = add.integer(0), id > 0, id <= StreamRow.greatestID else {
          throw Failure(LEAT_E_CORRUPT, "leat_stream has run out of ids, in \(connection)")
        }
        return StreamRow(id: id, model: model)
      }
    }
    if let known = row.model, known == model { return row }
    // The states themselves are the truth. If they are this model's, or none is whole, the stream's
    // row is damaged or means nothing any more.
    if let found = try newestWhole(row, name), found != model {
      throw Failure(
        LEAT_E_MISMATCH,
        "the checkpoints are of model \(found), the stream is of \(model): \(name)")
    }
    let set = try statement(.setStreamModel)
    try set.bind(1, row.id)
    try withView(of: model) { view throws(Failure) in
      try set.bind(2, blob: view)
      _ = try set.step()
    }
    return row
  }

  private func newestWhole(
    _ row: StreamRow, _ name: StreamName
  ) throws(Failure) -> Fingerprint? {
    let survey = try survey(row, pastDamage: true)
    var bound = Int64.max
    while let generation = survey.newest(upTo: bound) {
      let found = try withCheckpoint(row, name, generation: generation) { $0?.whole }
      if let found { return found.info.fingerprint }
      bound = generation - 1
    }
    return nil
  }

  /// The generation that the new checkpoint comes after, 0 if none. Damaged ones don't count.
  private func predecessor(
    _ row: StreamRow, _ name: StreamName, _ survey: Survey, position: Int64, rewinds: Bool
  ) throws(Failure) -> Int64 {
    var bound = Int64.max
    while let generation = survey.newest(upTo: bound) {
      bound = generation - 1
      guard let found = try readPosition(row, name, generation: generation) else { continue }
      if found <= position { return generation }
      // It is further on, but stands in the way only if it could be loaded.
      let isWhole = try withCheckpoint(row, name, generation: generation) { $0?.whole != nil }
      if isWhole && !rewinds {
        throw Failure(
          LEAT_E_POSITION,
          "the stream is at position \(position), its newest checkpoint at \(found): \(name)")
      }
    }
    return 0
  }

  /// Makes room for a generation: drops those that are now too old, and all from its number on,
  /// which are damaged or rewound past.
  private func deleteCheckpoints(
    _ row: StreamRow, _ survey: Survey, outside generation: Int64
  ) throws(Failure) {
    let oldest = max(1, generation - options.generations + 1)
    let kept = oldest < generation ? oldest...(generation - 1) : nil
    guard survey.hasAny(outside: kept) else { return }
    let delete = try statement(.deleteCheckpoints)
    try delete.bind(1, row.firstSlot)
    try delete.bind(2, oldest)
    try delete.bind(3, generation - 1)
    _ = try delete.step()
  }

  private func add(
    _ checkpoint: CheckpointRow, _ state: ByteView, _ row: StreamRow, _ name: StreamName
  ) throws(Failure) {
    let add = try statement(.addCheckpoint)
    try add.bind(1, row.firstSlot + (checkpoint.generation & 63))
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
      let delete = try statement(.deleteCheckpoints)
      try delete.bind(1, row.firstSlot)
      // No generation lies in an empty range.
      try delete.bind(2, 1)
      try delete.bind(3, 0)
      _ = try delete.step()
      let deleteStream = try statement(.deleteStream)
      try deleteStream.bind(1, row.id)
      _ = try deleteStream.step()
    }
  }
}

private func withView<Result>(
  of fingerprint: Fingerprint, _ body: (ByteView) throws(Failure) -> Result
) throws(Failure) -> Result {
  var bytes = fingerprint.bytes
  var span = bytes.mutableSpan
  return try unsafe span.withUnsafeMutableBytes { bytes throws(Failure) in
    guard let start = bytes.baseAddress else {
      throw Failure(LEAT_E_ARGUMENT, "no fingerprint")
    }
    return try body(unsafe ByteView(UnsafeRawPointer(start), count: bytes.count))
  }
}
