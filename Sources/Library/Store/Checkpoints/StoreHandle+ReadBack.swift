// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

// What a save wrote is read back in its transaction, before it is acknowledged, in two cases: when
// the save did not find the rows as its last save left them, and when SQLite has compiled one of
// its statements again. Triggers and the answers of an authorizer are part of a compiled statement.
// So it is enough to read back what each compilation first wrote.

extension StoreHandle {
  /// Throws unless the stream's row, found by its name, is as it was written, and a load would
  /// choose the new checkpoint. Rows that keep a load from it are deleted: in pages of an earlier
  /// moment, old rows can appear when something is written beside them.
  func readBack(
    _ name: StreamName, _ stream: Int64, _ newest: StreamRow.Newest, _ written: CheckpointRow
  ) throws(Failure) {
    guard let row = try tables.find(name), row.id == stream, row.newest == newest else {
      throw notAsWritten("its row in leat_stream", name)
    }
    // A stream has 64 slots, and each round empties one of them.
    for _ in 0...64 {
      guard let found = try tables.newestWhole(row, name) else { break }
      if found.generation == newest.generation {
        if found.checksum != written.checksum { break }
        tables.setReadBack(.insertCheckpoint)
        return
      }
      if found.generation < newest.generation { break }
      if try !tables.deleteCheckpoint(stream, slot: found.generation) { break }
    }
    throw notAsWritten("its newest checkpoint", name)
  }

  func notAsWritten(_ what: StaticString, _ name: StreamName) -> Failure {
    explanation.failure(
      LEAT_E_CORRUPT,
      """
      \(what) is not what was written just now, by a damaged page, or a trigger or an authorizer on \
      the connection: \(name) in \(connection)
      """)
  }
}
