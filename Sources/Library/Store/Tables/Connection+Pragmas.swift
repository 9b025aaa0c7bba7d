// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

extension Connection {
  /// Protects a connection that Leat opened against damaged and hostile files.
  func protect(busyTimeout: Int32) throws(Failure) {
    setBusyTimeout(milliseconds: busyTimeout)
    try setDefensive()
    try execute("PRAGMA trusted_schema = OFF")
    try execute("PRAGMA cell_size_check = ON")
    try execute("PRAGMA mmap_size = 0")
  }

  /// Makes commits durable, and reads the settings back: an SQLite or a file system that can't do
  /// it must not seem to.
  func makeDurable() throws(Failure) {
    // The one commit that changes the mode to WAL still has a rollback journal, whose deletion must
    // be durable.
    try execute("PRAGMA main.synchronous = EXTRA")
    let mode = try Statement(self, "PRAGMA main.journal_mode = WAL")
    guard try mode.step(), let found = try mode.text(0), found == "wal" else {
      throw explanation.failure(
        LEAT_E_UNSUPPORTED, "journal_mode did not become WAL, which needs a local file: \(self)")
    }
    // SQLite returns the row before it commits the change, which can still fail.
    while try mode.step() {}
    try execute("PRAGMA main.synchronous = FULL")
    let synchronous = try number("PRAGMA main.synchronous")
    if synchronous != 2 {
      throw explanation.failure(
        LEAT_E_UNSUPPORTED, "found synchronous \(synchronous), expected FULL, 2: \(self)")
    }
    // SQLite copies the "-wal" into the file at 4 MB, and then truncates one above 8 MB.
    try execute("PRAGMA main.wal_autocheckpoint = 1000")
    try execute("PRAGMA main.journal_size_limit = 8388608")
  }

  /// Sets up a new file to be written once: if that fails, the file is deleted, not rolled back.
  func prepareForCopy() throws(Failure) {
    try execute("PRAGMA main.journal_mode = OFF")
    try execute("PRAGMA main.synchronous = FULL")
    try execute("PRAGMA main.mmap_size = 0")
  }

  func isInWALMode() throws(Failure) -> Bool {
    let mode = try Statement(self, "PRAGMA main.journal_mode")
    guard try mode.step(), let name = try mode.text(0) else { return false }
    return name == "wal"
  }

  func isUTF8() throws(Failure) -> Bool {
    let encoding = try Statement(self, "PRAGMA main.encoding")
    guard try encoding.step() else { return false }
    return try encoding.text(0) == "UTF-8"
  }

  /// The number of tables and indexes. Counting them is also the first read of the file.
  func objectCount() throws(Failure) -> Int64 {
    try number("SELECT count(*) FROM main.sqlite_schema")
  }

  func pageSize() throws(Failure) -> Int64 { try number("PRAGMA main.page_size") }

  func pageCount() throws(Failure) -> Int64 { try number("PRAGMA main.page_count") }

  func freePageCount() throws(Failure) -> Int64 { try number("PRAGMA main.freelist_count") }

  func integrityCheck() throws(Failure) -> Statement {
    try Statement(self, "PRAGMA main.integrity_check")
  }
}
