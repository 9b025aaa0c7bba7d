// SPDX-License-Identifier: MIT

import CLeatStore
import LeatSupport

extension StoreHandle {
  func statistics() throws(Failure) -> leat_store_statistics_t {
    try requireUnchangedFile()
    var statistics = leat_store_statistics_t()
    try inReadTransaction { () throws(Failure) in
      statistics.version = UInt32(clamping: try Schema.storedVersion(connection))
      statistics.epoch = UInt64(clamping: try connection.number(Query.epoch.sql))
      statistics.streams = try tables.countStreams()
      statistics.commits = UInt64(clamping: try tables.commitCount()?.number ?? 0)
      try tables.addCheckpoints(to: &statistics)
      let pageSize = try connection.pageSize()
      statistics.file_bytes = UInt64(clamping: try connection.pageCount() &* pageSize)
      statistics.free_bytes = UInt64(clamping: try connection.freePageCount() &* pageSize)
    }
    if let path = connection.path {
      let wal = try PathBuffer(path, "-wal", explanation)
      statistics.wal_bytes = UInt64(clamping: FileStamp(wal.path).size)
    }
    statistics.is_behind = ownership.isBehind ? 1 : 0
    statistics.memory_used = SQLiteMemory.used
    statistics.memory_highest = SQLiteMemory.highest
    return statistics
  }
}
