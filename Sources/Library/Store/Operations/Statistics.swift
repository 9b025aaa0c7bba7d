// SPDX-License-Identifier: MIT

import CLeat
import CLeatStore
import CStoreFiles
import LeatSupport

extension StoreHandle {
  func statistics() throws(Failure) -> leat_store_statistics_t {
    try requireFresh()
    var statistics = leat_store_statistics_t()
    try inReadTransaction { () throws(Failure) in
      statistics.version = UInt32(
        clamping: try connection.number(
          "SELECT value FROM main.leat_meta WHERE key = 'version'"))
      statistics.epoch = UInt64(
        clamping: try connection.number("SELECT value FROM main.leat_meta WHERE key = 'epoch'"))
      statistics.streams = try count("SELECT id FROM main.leat_stream ORDER BY id")
      statistics.commits = UInt64(clamping: try storedCount()?.commits ?? 0)
      try countCheckpoints(&statistics)
      let pageSize = try connection.number("PRAGMA main.page_size")
      statistics.file_bytes = UInt64(
        clamping: try connection.number("PRAGMA main.page_count") &* pageSize)
      statistics.free_bytes = UInt64(
        clamping: try connection.number("PRAGMA main.freelist_count") &* pageSize)
    }
    if let path = unsafe connection.path {
      let wal = try unsafe PathBuffer(path, "-wal")
      statistics.wal_bytes = UInt64(clamping: unsafe leat_files_stamp(wal.text).size)
    }
    statistics.is_behind = isBehind ? 1 : 0
    statistics.memory_used = SQLiteMemory.used
    statistics.memory_highest = SQLiteMemory.highest
    return statistics
  }

  private func countCheckpoints(_ statistics: inout leat_store_statistics_t) throws(Failure) {
    // length() reads no blob.
    let rows = try Statement(
      connection,
      """
      SELECT id, saved_at_ms, length(state), length(cursor) FROM main.leat_checkpoint \
      ORDER BY id
      """, kept: false)
    var order = RowOrder()
    while try rows.step() {
      _ = try order.next(rows, connection)
      guard let savedAt = rows.integer(1), let state = rows.integer(2),
        let cursor = rows.integer(3)
      else {
        throw Failure(LEAT_E_CORRUPT, "leat_checkpoint has an impossible row, in \(connection)")
      }
      let isFirst = statistics.checkpoints == 0
      statistics.checkpoints &+= 1
      statistics.state_bytes &+= UInt64(clamping: state)
      statistics.cursor_bytes &+= UInt64(clamping: cursor)
      statistics.oldest_ms = isFirst ? savedAt : min(statistics.oldest_ms, savedAt)
      statistics.newest_ms = isFirst ? savedAt : max(statistics.newest_ms, savedAt)
    }
  }
}
