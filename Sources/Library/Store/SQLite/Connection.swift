// SPDX-License-Identifier: MIT

import CLeat
import CSQLite
import LeatSupport

/// What a store keeps of a connection from call to call.
@safe struct OpenConnection {
  fileprivate let raw: OpaquePointer
  // In one byte: connections are passed everywhere, and another field takes 10 KB of code.
  private let bits: UInt8

  fileprivate init(_ raw: OpaquePointer, isOwn: Bool) {
    unsafe self.raw = raw
    bits = (isOwn ? 1 : 0) | (CRC32C.systemHasInstruction ? 2 : 0)
  }

  /// Whether Leat opened it, to a file that holds a store alone. Otherwise it is the caller's, and
  /// so is the database.
  var isOwn: Bool { bits & 1 != 0 }

  /// A CRC that no byte was added to. The connection has it, because all code that reads or writes
  /// rows has a connection.
  fileprivate var emptyCRC: CRC32C { CRC32C(byInstruction: bits & 2 != 0) }
}

/// The handle of a connection, during one call. Nothing closes it by itself.
@safe struct Connection {
  let open: OpenConnection
  /// Of the call that uses the connection.
  let explanation: Explanation

  private var raw: OpaquePointer { unsafe open.raw }
  var isOwn: Bool { open.isOwn }

  /// A CRC that no byte was added to. It uses the processor's instruction if there is one.
  var emptyCRC: CRC32C { open.emptyCRC }

  /// How a file is opened, as SQLITE_OPEN_READONLY, _READWRITE and _CREATE.
  enum Mode: Int32 { case readOnly = 1, readWrite = 2, readWriteCreate = 6 }

  /// A connection that was opened by a call before, or its use with another explanation.
  init(_ open: OpenConnection, _ explanation: Explanation) {
    self.open = open
    self.explanation = explanation
  }

  /// The caller's connection.
  init(attached raw: OpaquePointer, _ explanation: Explanation) {
    self.init(unsafe OpenConnection(raw, isOwn: false), explanation)
  }

  /// Opens a connection that one thread uses at a time.
  init(
    opening path: borrowing StorePath, _ mode: Mode, _ explanation: Explanation
  ) throws(Failure) {
    // The path has no symbolic links; one that was put there since then is not followed.
    try self.init(
      named: path.path, flags: mode.rawValue | SQLITE_OPEN_NOFOLLOW, path, explanation)
  }

  /// Opens a connection for reading a file that never changes.
  init(openingImmutable path: borrowing StorePath, _ explanation: Explanation) throws(Failure) {
    let uri = try PathBuffer(uriOf: path.path, "?immutable=1", explanation)
    try self.init(named: uri.path, flags: SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, path, explanation)
  }

  private init(
    named name: FilePath, flags: Int32, _ path: borrowing StorePath, _ explanation: Explanation
  ) throws(Failure) {
    var opened: OpaquePointer?
    let result = unsafe sqlite3_open_v2(name.text, &opened, flags | SQLITE_OPEN_NOMUTEX, nil)
    guard let opened = unsafe opened else {
      throw explanation.failure(LEAT_E_MEMORY, "no memory to open \(path.path)")
    }
    self.init(unsafe OpenConnection(opened, isOwn: true), explanation)
    unsafe sqlite3_extended_result_codes(opened, 1)
    if result != SQLITE_OK {
      let failure = failure(result, "\(path.path)")
      close()
      throw failure
    }
  }

  var pointer: OpaquePointer { unsafe raw }

  /// Closes the connection; returns false if statements of the caller's or a backup are unfinished.
  @discardableResult
  func close() -> Bool { unsafe sqlite3_close(raw) == SQLITE_OK }

  var hasOpenStatements: Bool { unsafe sqlite3_next_stmt(raw, nil) != nil }

  var isInTransaction: Bool { unsafe sqlite3_get_autocommit(raw) == 0 }

  /// Whether the open transaction has read, so that it sees one state of the database from now on.
  var hasSnapshot: Bool { unsafe sqlite3_txn_state(raw, mainSchema) != SQLITE_TXN_NONE }

  var isReadOnly: Bool { unsafe sqlite3_db_readonly(raw, mainSchema) == 1 }

  /// The file's absolute path with links resolved, or nil for a database that has no file.
  var path: FilePath? {
    // The name of a deserialised database is no path.
    guard let path = unsafe sqlite3_db_filename(raw, mainSchema),
      unsafe UInt8(bitPattern: path.pointee) == UInt8(ascii: "/")
    else { return nil }
    return unsafe FilePath(path)
  }

  /// The path of the "-wal", or nil as for `path`. https://sqlite.org/c3ref/filename_database.html
  var walPath: FilePath? {
    guard let path else { return nil }
    return unsafe FilePath(sqlite3_filename_wal(path.text))
  }

  /// Whether the path names another file than the open one, as far as SQLite knows.
  /// https://sqlite.org/c3ref/c_fcntl_begin_atomic_write.html, SQLITE_FCNTL_HAS_MOVED
  var hasMoved: Bool {
    var moved: Int32 = 0
    let result = unsafe sqlite3_file_control(raw, mainSchema, SQLITE_FCNTL_HAS_MOVED, &moved)
    return result == SQLITE_OK && moved != 0
  }

  var lastInsertedRow: Int64 {
    get { unsafe sqlite3_last_insert_rowid(raw) }
    nonmutating set { unsafe sqlite3_set_last_insert_rowid(raw, newValue) }
  }

  /// Changes with each commit, of this connection or another, as of the last statement that read.
  /// nil when it isn't known. https://sqlite.org/c3ref/c_fcntl_begin_atomic_write.html,
  /// SQLITE_FCNTL_DATA_VERSION
  var dataVersion: UInt32? {
    var version: UInt32 = 0
    // NULL means "main", and is found sooner.
    let result = unsafe sqlite3_file_control(raw, nil, SQLITE_FCNTL_DATA_VERSION, &version)
    return result == SQLITE_OK ? version : nil
  }

  /// The rows that all statements of the connection have changed.
  var totalChanges: Int64 { unsafe sqlite3_total_changes64(raw) }

  /// The rows that the last statement changed.
  var changes: Int64 { unsafe sqlite3_changes64(raw) }

  func setBusyTimeout(milliseconds: Int32) { unsafe sqlite3_busy_timeout(raw, milliseconds) }

  /// https://sqlite.org/c3ref/c_dbconfig_defensive.html
  func setDefensive() throws(Failure) { try setOption(SQLITE_DBCONFIG_DEFENSIVE) }

  /// Makes `close` leave the "-wal" alone, which it would otherwise copy into the file and delete.
  func keepWALOnClose() throws(Failure) { try setOption(SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE) }

  private func setOption(_ option: Int32) throws(Failure) {
    let result = unsafe leat_sqlite3_set_option(raw, option, 1)
    if result != SQLITE_OK { throw failure(result) }
  }

  /// Copies the "-wal" into the file and empties it, as far as readers allow.
  func checkpointWAL() {
    unsafe sqlite3_wal_checkpoint_v2(raw, mainSchema, SQLITE_CHECKPOINT_TRUNCATE, nil, nil)
  }

  func execute(_ sql: StaticString) throws(Failure) {
    let statement = try Statement(self, sql)
    try statement.run()
  }

  /// The number that a query gives.
  func number(_ sql: StaticString) throws(Failure) -> Int64 {
    let statement = try Statement(self, sql)
    guard try statement.step(), let number = statement.integer(0) else {
      throw explanation.failure(LEAT_E_CORRUPT, "\(sql) gives no number, in \(self)")
    }
    return number
  }

  /// The failure of a call that returned `result`.
  func failure(_ result: Int32) -> Failure { failure(result, "\(self)") }

  @inline(never)
  private func failure(_ result: Int32, _ place: Message) -> Failure {
    let extended = unsafe sqlite3_extended_errcode(raw)
    // Not every call leaves its error with the connection.
    let isOfConnection = extended & 0xff == result & 0xff
    let text = unsafe isOfConnection ? sqlite3_errmsg(raw) : sqlite3_errstr(result)
    return unsafe explanation.failure(
      sqlite: isOfConnection ? extended : result, text,
      SystemError(sqlite3_system_errno(raw)), place)
  }
}

extension Message.Interpolation {
  /// Where the database is.
  mutating func appendInterpolation(_ connection: Connection) {
    guard let path = connection.path else { return appendLiteral("a database without a file") }
    appendInterpolation(path)
  }
}

/// The name of a connection's main database, beside those attached to it.
var mainSchema: UnsafePointer<CChar> {
  unsafe UnsafeRawPointer(("main" as StaticString).utf8Start).assumingMemoryBound(to: CChar.self)
}
