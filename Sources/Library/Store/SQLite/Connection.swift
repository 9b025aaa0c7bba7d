// SPDX-License-Identifier: MIT

import CLeat
import CSQLite
import LeatSupport

/// The handle of a connection. It doesn't close itself: an attached one is the caller's.
@safe struct Connection {
  private let raw: OpaquePointer

  init(_ raw: OpaquePointer) { unsafe self.raw = raw }

  var pointer: OpaquePointer { unsafe raw }

  /// Opens a connection that one thread uses at a time.
  init(opening path: borrowing StorePath, flags: Int32) throws(Failure) {
    // The path has no links; one that came there since is not followed.
    try unsafe self.init(named: path.text, flags: flags | SQLITE_OPEN_NOFOLLOW, path)
  }

  /// Opens a connection to a file that never changes, for reading.
  init(openingFrozen path: borrowing StorePath) throws(Failure) {
    let uri = try unsafe PathBuffer(uriOf: path.text, "?immutable=1")
    try unsafe self.init(named: uri.text, flags: SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, path)
  }

  private init(
    named name: UnsafePointer<CChar>, flags: Int32, _ path: borrowing StorePath
  ) throws(Failure) {
    var opened: OpaquePointer?
    let result = unsafe sqlite3_open_v2(name, &opened, flags | SQLITE_OPEN_NOMUTEX, nil)
    guard let opened = unsafe opened else {
      throw unsafe Failure(LEAT_E_MEMORY, "no memory to open '\(text: path.text)'")
    }
    unsafe raw = opened
    unsafe sqlite3_extended_result_codes(opened, 1)
    if result != SQLITE_OK {
      let failure = unsafe failure(result, "'\(text: path.text)'")
      close()
      throw failure
    }
  }

  /// Closes, unless statements of the caller's or a backup are unfinished.
  @discardableResult
  func close() -> Bool { unsafe sqlite3_close(raw) == SQLITE_OK }

  var hasOpenStatements: Bool { unsafe sqlite3_next_stmt(raw, nil) != nil }

  /// Whether a transaction is open.
  var isInTransaction: Bool { unsafe sqlite3_get_autocommit(raw) == 0 }

  /// Whether a statement has read in the transaction that is open, so that what the transaction sees
  /// is settled.
  var isReading: Bool { unsafe sqlite3_txn_state(raw, mainSchema) != SQLITE_TXN_NONE }

  var isReadOnly: Bool { unsafe sqlite3_db_readonly(raw, mainSchema) == 1 }

  /// The file's absolute path with links resolved, or nil for a database that has no file.
  var path: UnsafePointer<CChar>? {
    // A deserialized database goes by a name that is no path.
    guard let path = unsafe sqlite3_db_filename(raw, mainSchema),
      unsafe UInt8(bitPattern: path.pointee) == UInt8(ascii: "/")
    else { return nil }
    return unsafe path
  }

  /// Where the "-wal" is, or nil as for `path`. https://sqlite.org/c3ref/filename_database.html
  var logPath: UnsafePointer<CChar>? {
    guard let path = unsafe path else { return nil }
    return unsafe sqlite3_filename_wal(path)
  }

  /// Whether the path names another file than the one that is open, as far as SQLite can tell.
  /// https://sqlite.org/c3ref/c_fcntl_begin_atomic_write.html, SQLITE_FCNTL_HAS_MOVED
  var hasMoved: Bool {
    var moved: Int32 = 0
    let result = unsafe sqlite3_file_control(raw, mainSchema, SQLITE_FCNTL_HAS_MOVED, &moved)
    return result == SQLITE_OK && moved != 0
  }

  /// Whether the journal is a "-wal".
  func hasLog() throws(Failure) -> Bool {
    let mode = try Statement(self, "PRAGMA main.journal_mode", kept: false)
    guard try mode.step(), let name = try mode.text(0) else { return false }
    return name == "wal"
  }

  var lastInsertedRow: Int64 {
    get { unsafe sqlite3_last_insert_rowid(raw) }
    nonmutating set { unsafe sqlite3_set_last_insert_rowid(raw, newValue) }
  }

  /// Changes whenever the database does, by this connection's commits or another's. As of the last
  /// statement that read; nil when it can't be told.
  /// https://sqlite.org/c3ref/c_fcntl_begin_atomic_write.html, SQLITE_FCNTL_DATA_VERSION
  var contentsVersion: UInt32? {
    var version: UInt32 = 0
    let result = unsafe sqlite3_file_control(
      raw, mainSchema, SQLITE_FCNTL_DATA_VERSION, &version)
    return result == SQLITE_OK ? version : nil
  }

  /// Rows that statements have changed since the connection was opened.
  var writtenRows: Int64 { unsafe sqlite3_total_changes64(raw) }

  /// Rows that the last statement changed.
  var changedRows: Int64 { unsafe sqlite3_changes64(raw) }

  func setBusyTimeout(milliseconds: Int32) { unsafe sqlite3_busy_timeout(raw, milliseconds) }

  /// https://sqlite.org/c3ref/c_dbconfig_defensive.html
  func setDefensive() throws(Failure) {
    let result = unsafe leat_sqlite3_set_option(raw, SQLITE_DBCONFIG_DEFENSIVE, 1)
    if result != SQLITE_OK { throw failure(result) }
  }

  /// Has `close` leave the `-wal` alone, which else is copied into the file and deleted.
  func keepLog() throws(Failure) {
    let result = unsafe leat_sqlite3_set_option(raw, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
    if result != SQLITE_OK { throw failure(result) }
  }

  /// Copies the whole `-wal` into the file and empties it, as far as readers allow.
  func checkpoint() {
    unsafe sqlite3_wal_checkpoint_v2(raw, mainSchema, SQLITE_CHECKPOINT_TRUNCATE, nil, nil)
  }

  func execute(_ sql: StaticString) throws(Failure) {
    let statement = try Statement(self, sql, kept: false)
    try statement.run()
  }

  /// What a call that returned `result` failed with.
  func failure(_ result: Int32) -> Failure { failure(result, "\(self)") }

  @inline(never)
  private func failure(_ result: Int32, _ place: Message) -> Failure {
    let extended = unsafe sqlite3_extended_errcode(raw)
    let isItsOwn = extended & 0xff == result & 0xff
    let words = unsafe isItsOwn ? sqlite3_errmsg(raw) : sqlite3_errstr(result)
    return unsafe Failure(
      sqlite: isItsOwn ? extended : result, words, SystemError(sqlite3_system_errno(raw)), place)
  }
}

/// The name of a connection's own database, among those attached to it.
var mainSchema: UnsafePointer<CChar> {
  unsafe UnsafeRawPointer(("main" as StaticString).utf8Start).assumingMemoryBound(to: CChar.self)
}
