// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

// Checkpoints are deleted one by one: a statement for many of them would never end on pages that
// point at each other.

extension StoreHandle {
  /// Deletes a stream with all its checkpoints.
  func delete(_ name: StreamName) throws(Failure) {
    try requireWritable()
    try inWriteTransaction { () throws(Failure) in
      try requireEpoch()
      guard let row = try find(name) else {
        throw Failure(LEAT_E_NOT_FOUND, "no stream \(name) in \(connection)")
      }
      try deleteStream(row.id)
      let find = try statement(.findStream)
      try find.bind(1, text: name.bytes)
      if try find.step() {
        throw Failure(
          LEAT_E_CORRUPT, "leat_stream has its row once more: \(name) in \(connection)")
      }
    }
  }

  /// Deletes a stream's row, and its checkpoints in all slots, whatever a survey shows.
  func deleteStream(_ stream: Int64) throws(Failure) {
    for slot in 0..<Int64(64) { try deleteCheckpoint(stream, slot: slot) }
    try keep(survey(stream), from: .max, to: .max, of: stream)
    let delete = try statement(.deleteStream)
    try delete.bind(1, stream)
    try delete.writeRow(of: "leat_stream")
  }

  /// Deletes a stream's checkpoints but those of a range of generations.
  func keep(
    _ survey: borrowing Survey, from oldest: Int64, to newest: Int64, of stream: Int64
  ) throws(Failure) {
    var next = 0
    while let slot = survey.slot(from: next, outside: oldest, newest) {
      try deleteKnown(stream, slot: Int64(slot))
      next = slot + 1
    }
  }

  /// Deletes a stream's checkpoints but the newest, as many as are kept.
  func keepNewest(of stream: Int64) throws(Failure) {
    let survey = try survey(stream)
    var oldest: Int64 = 0
    for _ in 0..<options.generations {
      guard let generation = survey.newest(upTo: oldest == 0 ? .max : oldest - 1) else { return }
      oldest = generation
    }
    try keep(survey, from: oldest, to: .max, of: stream)
  }

  /// Deletes a checkpoint that a survey has shown. Says whether it was there: on pages of an earlier
  /// moment a search doesn't find all that a walk does.
  @discardableResult
  func deleteKnown(_ stream: Int64, slot: Int64) throws(Failure) -> Bool {
    if try deleteCheckpoint(stream, slot: slot) { return true }
    if try hasCheckpoint(stream, slot: slot) {
      throw Failure(
        LEAT_E_UNSUPPORTED,
        """
        0 rows of leat_checkpoint deleted, expected 1: a trigger or an authorizer on the connection \
        keeps them from it: \(connection)
        """)
    }
    hasSeenDamage = true
    return false
  }

  /// Deletes the checkpoint in a slot, that of a generation modulo 64. Says whether one was there.
  @discardableResult
  func deleteCheckpoint(_ stream: Int64, slot: Int64) throws(Failure) -> Bool {
    let delete = try statement(.deleteCheckpoint)
    try delete.bind(1, StreamRow.slot(stream, slot))
    return try delete.write() != 0
  }
}
