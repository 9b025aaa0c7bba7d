// SPDX-License-Identifier: MIT

internal import CLeatStore

extension Store {
  /// What is in a store.
  public struct Statistics: Hashable, Sendable {
    public let streams: UInt64
    /// How many checkpoints there are, of all generations.
    public let checkpoints: UInt64
    /// Bytes of the states and of the cursors in all checkpoints.
    public let stateBytes, cursorBytes: UInt64
    /// When the oldest and the newest checkpoint were saved, Unix time in milliseconds; 0 when there
    /// is none.
    public let oldest, newest: Int64
    /// Bytes of the database.
    public let fileBytes: UInt64
    /// How many of these are in free pages.
    public let freeBytes: UInt64
    /// Bytes of the "-wal" beside it.
    public let walBytes: UInt64
    /// Transactions that Leat has committed.
    public let commits: UInt64
    /// How many writers have opened the store.
    public let epoch: UInt64
    /// Bytes that SQLite has from its allocator in the whole process, now and at most.
    public let memoryUsed, memoryHighest: UInt64
    /// The version of the tables.
    public let version: Int
    /// Whether the store as a whole is older than what it acknowledged.
    public let isBehind: Bool
  }

  /// Counts what is in the store: reads every checkpoint's row, but no state.
  ///
  /// - Throws: `.corrupt`, `.io`, `.busy`, `.sqlite`, `.argument`
  public func statistics() throws(LeatError) -> Statistics {
    var found = leat_store_statistics_t()
    try unsafe check { error in unsafe leat_store_statistics(handle, &found, error) }
    return Statistics(
      streams: found.streams, checkpoints: found.checkpoints, stateBytes: found.state_bytes,
      cursorBytes: found.cursor_bytes, oldest: found.oldest_ms, newest: found.newest_ms,
      fileBytes: found.file_bytes, freeBytes: found.free_bytes, walBytes: found.wal_bytes,
      commits: found.commits, epoch: found.epoch, memoryUsed: found.memory_used,
      memoryHighest: found.memory_highest, version: Int(found.version),
      isBehind: found.is_behind != 0)
  }
}
