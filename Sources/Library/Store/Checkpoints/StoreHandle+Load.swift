// SPDX-License-Identifier: MIT
//
// A load takes the newest checkpoint that is whole: its row, its state and the checksums of both.
// It is the right one if the stream's row names it. In any other case the call returns
// LEAT_FALLBACK, with the number of newer checkpoints that are damaged or missing and of the
// samples that were lost. If that number isn't known, it is reported too high rather than too low.

import CLeat
import CLeatStore
import LeatSupport

extension StoreHandle {
  /// Sets a stream to its newest checkpoint that is whole, and copies out the cursor if it is
  /// wanted.
  func load(
    _ name: StreamName, into stream: CoreStream, cursor: UnsafeMutableRawBufferPointer?
  ) throws(Failure) -> leat_checkpoint {
    try unsafe loadNewest(name, cursor: cursor) { state, info throws(Failure) in
      let model = try stream.fingerprint()
      if info.fingerprint == .group { throw isGroup(name, LEAT_E_MISMATCH) }
      if info.fingerprint != model {
        throw explanation.failure(
          LEAT_E_MISMATCH,
          """
          found a checkpoint of model \(info.fingerprint), expected the stream's, \(model): \(name)
          """)
      }
      return try stream.load(state)
    }
  }

  /// Copies out the state of a stream's newest checkpoint that is whole, and the cursor, as far as
  /// they are wanted.
  func exportState(
    _ name: StreamName, to buffer: UnsafeMutableRawBufferPointer?,
    cursor: UnsafeMutableRawBufferPointer?
  ) throws(Failure) -> leat_checkpoint {
    try unsafe loadNewest(name, cursor: cursor) { state, info throws(Failure) in
      if info.fingerprint == .group { throw isGroup(name, LEAT_E_UNSUPPORTED) }
      try unsafe require(buffer, toHold: state, "state_capacity", name)
      unsafe copy(state, to: buffer)
    }
  }

  /// Finds the newest checkpoint that is whole, and has `take` take its state: the last step that
  /// can fail.
  private func loadNewest(
    _ name: StreamName, cursor: UnsafeMutableRawBufferPointer?,
    _ take: (ByteView, StateInfo) throws(Failure) -> Void
  ) throws(Failure) -> leat_checkpoint {
    try requireUnchangedFile()
    var loaded = leat_checkpoint()
    loaded.store_is_behind = ownership.isBehind ? 1 : 0
    try inReadTransaction { () throws(Failure) in
      let row = try requireRow(toLoad: name)
      var passedOver = PassedOver(row)
      var newestFirst = try tables.generations(of: row).newestFirst
      while let generation = newestFirst.next() {
        var newest: StreamRow.Newest?
        try tables.withCheckpoint(row.id, name, generation: generation) {
          checkpoint throws(Failure) in
          guard let checkpoint, let whole = checkpoint.whole else {
            passedOver.add(generation, isThere: checkpoint != nil, checkpoint?.position)
            return
          }
          try unsafe require(cursor, toHold: whole.row.cursor, "cursor_capacity", name)
          try take(checkpoint.state, whole.info)
          unsafe copy(whole.row.cursor, to: cursor)
          newest = StreamRow.Newest(
            model: whole.info.fingerprint, generation: generation, position: whole.row.position)
          loaded.generation = UInt64(whole.row.generation)
          loaded.position = whole.info.position
          loaded.saved_at_ms = whole.row.savedAt
          loaded.cursor_size = whole.row.cursor.count
          loaded.state_size = UInt64(checkpoint.state.count)
        }
        guard let newest else { continue }
        if !passedOver.countLost(since: newest, in: &loaded) { tables.kept.hasSeenDamage = true }
        return
      }
      tables.kept.hasSeenDamage = true
      throw explanation.failure(
        LEAT_E_CORRUPT,
        "none of its checkpoints is whole, \(passedOver.count) were tried: \(name) in \(connection)"
      )
    }
    return loaded
  }

  func requireRow(toLoad name: StreamName) throws(Failure) -> StreamRow {
    if let row = try tables.find(name) { return row }
    if !ownership.isBehind { throw notFound(name) }
    throw explanation.failure(
      LEAT_E_CORRUPT,
      "no such stream, but the store is older than what it acknowledged: \(name) in \(connection)")
  }

  func require(
    _ buffer: UnsafeMutableRawBufferPointer?, toHold bytes: ByteView, _ argument: StaticString,
    _ name: StreamName
  ) throws(Failure) {
    if let buffer = unsafe buffer, buffer.count < bytes.count {
      throw explanation.failure(
        LEAT_E_SIZE,
        "\(argument): found \(buffer.count), expected at least \(bytes.count): \(name)")
    }
  }

  func copy(_ bytes: ByteView, to buffer: UnsafeMutableRawBufferPointer?) {
    if let buffer = unsafe buffer { unsafe bytes.withBytes { unsafe buffer.copyMemory(from: $0) } }
  }
}
