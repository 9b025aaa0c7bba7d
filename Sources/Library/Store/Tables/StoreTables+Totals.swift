// SPDX-License-Identifier: MIT

import CLeat
import CLeatStore
import LeatSupport

extension StoreTables {
  func countStreams() throws(Failure) -> UInt64 {
    try countRows("SELECT id FROM main.leat_stream ORDER BY id")
  }

  func countCheckpoints() throws(Failure) -> UInt64 {
    try countRows("SELECT id FROM main.leat_checkpoint ORDER BY id")
  }

  /// Counts the rows of a query whose first column is the id, without row 0. (With an authorizer
  /// that makes ids NULL, a condition in SQL would be false for all rows. And `count(*)` would not
  /// end on pages that point at each other.)
  private func countRows(_ sql: StaticString) throws(Failure) -> UInt64 {
    let rows = try Statement(connection, sql)
    var order = RowOrder()
    var count: UInt64 = 0
    while try rows.step() {
      if try order.next(rows, connection) != 0 { count &+= 1 }
    }
    return count
  }

  /// Adds up the rows of leat_checkpoint.
  func addCheckpoints(to sums: inout leat_store_statistics_t) throws(Failure) {
    // length() reads no blob.
    let rows = try Statement(
      connection,
      """
      SELECT id, saved_at_ms, length(state), length(cursor) FROM main.leat_checkpoint \
      ORDER BY id
      """)
    var order = RowOrder()
    while try rows.step() {
      _ = try order.next(rows, connection)
      guard let savedAt = rows.integer(1), let state = rows.integer(2),
        let cursor = rows.integer(3)
      else {
        throw explanation.failure(
          LEAT_E_CORRUPT, "leat_checkpoint has an impossible row, in \(connection)")
      }
      let isFirst = sums.checkpoints == 0
      sums.checkpoints &+= 1
      sums.state_bytes &+= UInt64(clamping: state)
      sums.cursor_bytes &+= UInt64(clamping: cursor)
      sums.oldest_ms = isFirst ? savedAt : min(sums.oldest_ms, savedAt)
      sums.newest_ms = isFirst ? savedAt : max(sums.newest_ms, savedAt)
    }
  }
}
