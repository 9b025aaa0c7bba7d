// SPDX-License-Identifier: MIT
//
// A store has one writer at a time, and a writer acknowledges only what the next one will find.
// Four things together ensure this:
//
// - The lock. A writer holds flock() on the file "<store>-lock" from open to close (`WriterLock`).
//   Whoever opens the store meanwhile gets LEAT_E_BUSY, or takes the store over.
// - The epoch. A writer that was taken over may only have been stopped, and go on at any time. So
//   each writer increases a number in leat_meta when it opens the store, in the same transaction in
//   which it makes sure of the lock. Each write transaction first compares this epoch with the
//   writer's own (`requireEpoch`). A writer with an older epoch is fenced: it changes nothing any
//   more.
// - The witness. Each transaction counts itself in the store, and after the commit the count is
//   also written to the "-lock". A store with fewer commits than its witness has lost some: its
//   file was replaced by an older one, or its "-wal" was cut, exchanged or deleted. SQLite can't
//   notice this, because the rest of the store is sound.
// - The files. A file that is deleted, renamed or replaced still accepts writes, but nobody finds
//   them later. So before and after each commit the names are checked: they must still name the
//   files that the store was opened with, and the database must have one name only.

/// What makes this process the store's writer.
struct Ownership {
  var lock = WriterLock()
  /// The epoch that this writer entered.
  var epoch: Int64 = 0
  /// The version of the database's contents in which the epoch was last found unchanged.
  var checkedDataVersion: UInt32?
  /// The last count that was given to a commit, even to one that was rolled back.
  var lastCommit = CommitCount(store: 0, number: 0)
  /// Whether the store has fewer commits than it acknowledged.
  var isBehind = false
  /// The database as it was when it was opened. nil for a database without a file.
  var database: FileStatus?
  /// The "-wal". nil until it was seen: an attached database may use another journal.
  var wal: FileStatus?
}
