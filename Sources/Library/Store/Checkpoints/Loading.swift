// SPDX-License-Identifier: MIT

import CLeat
import CLeatStore
import LeatSupport

extension StoreHandle {
  /// Sets a stream to its newest checkpoint that is whole. `cursor`, if it's wanted, gets the
  /// caller's bytes.
  func load(
    _ name: StreamName, into stream: StreamHandle, cursor: UnsafeMutableRawBufferPointer?
  ) throws(Failure) -> leat_checkpoint {
    try unsafe loadNewest(name, cursor: cursor) { state, info throws(Failure) in
      let model = try stream.fingerprint()
      if info.fingerprint != model {
        throw Failure(
          LEAT_E_MISMATCH,
          "the checkpoint is of model \(info.fingerprint), the stream is of \(model): \(name)")
      }
      return try stream.load(state)
    }
  }

  /// Copies out the state of a stream's newest checkpoint that is whole. `buffer`, if it's wanted,
  /// gets its bytes.
  func exportState(
    _ name: StreamName, to buffer: UnsafeMutableRawBufferPointer?,
    cursor: UnsafeMutableRawBufferPointer?
  ) throws(Failure) -> leat_checkpoint {
    try unsafe loadNewest(name, cursor: cursor) { state, _ throws(Failure) in
      guard let buffer = unsafe buffer else { return }
      if buffer.count < state.count {
        throw Failure(
          LEAT_E_SIZE,
          "state_capacity is \(buffer.count), and the state has \(state.count) bytes: \(name)")
      }
      unsafe state.withBytes { unsafe buffer.copyMemory(from: $0) }
    }
  }

  /// Finds the newest checkpoint that is whole, and has `take` take over its state: that is the last
  /// thing that can fail.
  private func loadNewest(
    _ name: StreamName, cursor: UnsafeMutableRawBufferPointer?,
    _ take: (ByteView, StateInfo) throws(Failure) -> Void
  ) throws(Failure) -> leat_checkpoint {
    try requireFresh()
    var loaded = leat_checkpoint()
    loaded.store_is_behind = isBehind ? 1 : 0
    try inReadTransaction { () throws(Failure) in
      guard let row = try find(name) else {
        if isBehind {
          throw Failure(
            LEAT_E_CORRUPT,
            "no such stream, but the store is older than what it acknowledged: \(name) in \(connection)"
          )
        }
        throw Failure(LEAT_E_NOT_FOUND, "no stream \(name) in \(connection)")
      }
      let survey = try survey(of: row)
      var passedOver = 0
      var furthest = UInt64(row.newest?.position ?? 0)
      var isNamed = false
      var bound = Int64.max
      while let generation = survey.newest(upTo: bound) {
        bound = generation - 1
        let isLoaded = try withCheckpoint(row.id, name, generation: generation) {
          checkpoint throws(Failure) in
          guard let checkpoint, let whole = checkpoint.whole else {
            // That the one which the row names is missing is counted below.
            if checkpoint != nil || generation != row.newest?.generation { passedOver += 1 }
            furthest = max(furthest, checkpoint?.position ?? 0)
            return false
          }
          try unsafe check(cursor, holds: whole.row.cursor, of: name)
          try take(checkpoint.state, whole.info)
          if let cursor = unsafe cursor {
            unsafe whole.row.cursor.withBytes { unsafe cursor.copyMemory(from: $0) }
          }
          // What was passed over then only claimed to be newer.
          isNamed =
            row.newest
            == StreamRow.Newest(
              model: whole.info.fingerprint, generation: generation,
              position: whole.row.position)
          loaded.generation = UInt64(whole.row.generation)
          loaded.position = whole.info.position
          loaded.saved_at_ms = whole.row.savedAt
          loaded.cursor_size = whole.row.cursor.count
          loaded.state_size = UInt64(checkpoint.state.count)
          return true
        }
        if !isLoaded { continue }
        if isNamed { return }
        hasSeenDamage = true
        if let newest = row.newest {
          let missing = newest.generation > generation ? newest.generation - generation : 1
          passedOver = max(passedOver, Int(min(64, missing)))
        } else {
          // Whether there was a newer one can't be told: a fallback too many is told, none too few.
          passedOver += 1
        }
        loaded.corrupt_generations = UInt32(passedOver)
        loaded.lost_samples = furthest > loaded.position ? furthest - loaded.position : 0
        return
      }
      hasSeenDamage = true
      throw Failure(
        LEAT_E_CORRUPT,
        "none of its checkpoints is whole, \(passedOver) were tried: \(name) in \(connection)")
    }
    return loaded
  }

  private func check(
    _ buffer: UnsafeMutableRawBufferPointer?, holds cursor: ByteView, of name: StreamName
  ) throws(Failure) {
    if let buffer = unsafe buffer, buffer.count < cursor.count {
      throw Failure(
        LEAT_E_SIZE,
        "cursor_capacity is \(buffer.count), and the cursor has \(cursor.count) bytes: \(name)")
    }
  }
}
