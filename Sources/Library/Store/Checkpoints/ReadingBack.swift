// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

/// What a save wrote is read back, in its transaction, before it is acknowledged: whenever the save
/// did not find the rows as its last save left them, and when SQLite has compiled one of its
/// statements anew. What a compiled statement does is settled, triggers and the answers of an
/// authorizer included. So each is proven once, and a save by proven statements reads nothing.
extension StoreHandle {
  /// Throws unless the stream's row, found by its name, is as it was written, and a load would choose
  /// the new checkpoint. Rows that keep a load from it are deleted: in pages of an earlier moment,
  /// old rows can appear when something is written beside them.
  func readBack(
    _ name: StreamName, _ stream: Int64, _ newest: StreamRow.Newest, _ written: CheckpointRow
  ) throws(Failure) {
    guard let row = try find(name), row.id == stream, row.newest == newest else {
      throw notAsWritten("its row in leat_stream", name)
    }
    // A stream has 64 slots, and each round makes one of them empty.
    for _ in 0...64 {
      guard let found = try newestWhole(row, name) else { break }
      if found.generation == newest.generation {
        if found.checksum != written.checksum(of: name) { break }
        prove(.addCheckpoint)
        return
      }
      if found.generation < newest.generation { break }
      if try !deleteCheckpoint(stream, slot: found.generation) { break }
    }
    throw notAsWritten("its newest checkpoint", name)
  }

  private func notAsWritten(_ what: StaticString, _ name: StreamName) -> Failure {
    Failure(
      LEAT_E_CORRUPT,
      """
      \(what) is not what was written just now, by a damaged page, or a trigger or an authorizer on \
      the connection: \(name) in \(connection)
      """)
  }

  /// Whether what a statement wrote was read back since it was compiled.
  func isProven(_ query: Query) -> Bool {
    if wasCompiledAnew(query) { provenQueries &= ~query.bit }
    return provenQueries & query.bit != 0
  }

  func prove(_ query: Query) { provenQueries |= query.bit }
}

extension Query {
  // Safe: there are fewer than 32.
  fileprivate var bit: UInt32 { 1 &<< UInt32(truncatingIfNeeded: rawValue) }
}
