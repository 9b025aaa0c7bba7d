// SPDX-License-Identifier: MIT
//
// Every `sqlite3_*` call of this module stands in this file: what SQLite is asked, how its codes
// become the header's, and where a test can put a fault.

import CHosted
import CLeat
import CSQLite
import LeatBytes

/// The handle of a connection. It doesn't close itself: an attached one is the caller's.
@safe struct Connection {
  private let raw: OpaquePointer

  init(_ raw: OpaquePointer) { unsafe self.raw = raw }

  var pointer: OpaquePointer { unsafe raw }

  /// Opens a connection that one thread uses at a time. `uri` turns on `file:` names.
  init(opening path: UnsafePointer<CChar>, flags: Int32, uri: Bool = false) throws(Failure) {
    var opened: OpaquePointer?
    let result = unsafe sqlite3_open_v2(
      path, &opened, flags | SQLITE_OPEN_NOMUTEX | (uri ? SQLITE_OPEN_URI : 0), nil)
    guard let opened = unsafe opened else {
      throw unsafe Failure(LEAT_E_MEMORY, "no memory to open '\(text: path)'")
    }
    unsafe raw = opened
    unsafe sqlite3_extended_result_codes(opened, 1)
    if result != SQLITE_OK {
      let failure = unsafe failure(result, "'\(text: path)'")
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

  var isReadOnly: Bool { unsafe sqlite3_db_readonly(raw, mainSchema) == 1 }

  /// The file's absolute path with links resolved, or nil for a database that has no file.
  var path: UnsafePointer<CChar>? {
    guard let path = unsafe sqlite3_db_filename(raw, mainSchema), unsafe path.pointee != 0 else {
      return nil
    }
    return unsafe path
  }

  var lastInsertedRow: Int64 {
    get { unsafe sqlite3_last_insert_rowid(raw) }
    nonmutating set { unsafe sqlite3_set_last_insert_rowid(raw, newValue) }
  }

  func setBusyTimeout(milliseconds: Int32) { unsafe sqlite3_busy_timeout(raw, milliseconds) }

  /// https://sqlite.org/c3ref/c_dbconfig_defensive.html
  func setDefensive() throws(Failure) {
    let result = unsafe leat_sqlite3_set_option(raw, SQLITE_DBCONFIG_DEFENSIVE, 1)
    if result != SQLITE_OK { throw failure(result) }
  }

  /// Copies the whole `-wal` into the file and empties it, as far as readers allow.
  func checkpoint() {
    unsafe sqlite3_wal_checkpoint_v2(raw, mainSchema, SQLITE_CHECKPOINT_TRUNCATE, nil, nil)
  }

  func execute(_ sql: StaticString) throws(Failure) {
    let statement = try Statement(self, sql, kept: false)
    while try statement.step() {}
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
private var mainSchema: UnsafePointer<CChar> {
  unsafe UnsafeRawPointer(("main" as StaticString).utf8Start).assumingMemoryBound(to: CChar.self)
}

/// A prepared statement in use. At the end of its life it is reset, so that it holds no lock and
/// none of the caller's pointers, and finalised unless it is kept for the next time.
@safe struct Statement: ~Copyable {
  private let raw: OpaquePointer
  private let connection: Connection
  private let isKept: Bool

  init(_ connection: Connection, _ sql: StaticString, kept: Bool) throws(Failure) {
    var prepared: OpaquePointer?
    let result = unsafe sqlite3_prepare_v3(
      connection.pointer,
      UnsafeRawPointer(sql.utf8Start).assumingMemoryBound(to: CChar.self),
      Int32(truncatingIfNeeded: sql.utf8CodeUnitCount),
      UInt32(kept ? SQLITE_PREPARE_PERSISTENT : 0), &prepared, nil)
    guard result == SQLITE_OK, let prepared = unsafe prepared else {
      throw connection.failure(result)
    }
    unsafe self.init(connection, prepared, kept: kept)
  }

  init(_ connection: Connection, _ prepared: OpaquePointer, kept: Bool) {
    unsafe raw = prepared
    self.connection = connection
    isKept = kept
  }

  deinit {
    if isKept {
      unsafe sqlite3_reset(raw)
      unsafe sqlite3_clear_bindings(raw)
    } else {
      unsafe sqlite3_finalize(raw)
    }
  }

  var pointer: OpaquePointer { unsafe raw }

  static func finalize(_ prepared: OpaquePointer) { unsafe sqlite3_finalize(prepared) }

  /// Parameters are numbered from 1.
  func bind(_ parameter: Int32, _ number: Int64) throws(Failure) {
    try check(unsafe sqlite3_bind_int64(raw, parameter, number))
  }

  /// The bytes must stay as they are until the statement's end.
  func bind(_ parameter: Int32, text bytes: ByteView) throws(Failure) {
    try check(
      unsafe bytes.withBytes { bytes in
        unsafe sqlite3_bind_text64(
          raw, parameter, bytes.baseAddress?.assumingMemoryBound(to: CChar.self),
          UInt64(bytes.count), nil, UInt8(SQLITE_UTF8))
      })
  }

  /// The bytes must stay as they are until the statement's end.
  func bind(_ parameter: Int32, blob bytes: ByteView) throws(Failure) {
    try check(
      unsafe bytes.withBytes { bytes in
        unsafe sqlite3_bind_blob64(raw, parameter, bytes.baseAddress, UInt64(bytes.count), nil)
      })
  }

  private func check(_ result: Int32) throws(Failure) {
    if result != SQLITE_OK { throw connection.failure(result) }
  }

  /// Goes to the next row; says whether there is one.
  func step() throws(Failure) -> Bool {
    let result = unsafe sqlite3_step(raw)
    switch result {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    default: throw connection.failure(result)
    }
  }

  /// Columns are numbered from 0. nil when the column holds something other than an integer.
  func integer(_ column: Int32) -> Int64? {
    guard unsafe sqlite3_column_type(raw, column) == SQLITE_INTEGER else { return nil }
    return unsafe sqlite3_column_int64(raw, column)
  }

  /// Valid until the next step. nil when the column holds something other than a blob.
  func blob(_ column: Int32) throws(Failure) -> ByteView? {
    guard unsafe sqlite3_column_type(raw, column) == SQLITE_BLOB else { return nil }
    return try unsafe bytes(column, at: sqlite3_column_blob(raw, column))
  }

  /// Valid until the next step. nil when the column holds something other than text.
  func text(_ column: Int32) throws(Failure) -> ByteView? {
    guard unsafe sqlite3_column_type(raw, column) == SQLITE_TEXT else { return nil }
    return try unsafe bytes(column, at: UnsafeRawPointer(sqlite3_column_text(raw, column)))
  }

  private func bytes(_ column: Int32, at start: UnsafeRawPointer?) throws(Failure) -> ByteView {
    let count = Int(unsafe sqlite3_column_bytes(raw, column))
    if let start = unsafe start { return unsafe ByteView(start, count: count) }
    // https://sqlite.org/c3ref/column_blob.html: NULL for no bytes, and when memory ran out.
    if count != 0 { throw Failure(LEAT_E_MEMORY, "no memory to read a column of \(count) bytes") }
    return .empty
  }
}

/// SQLite's memory: an allocator that the program gave to SQLite serves Leat as well.
enum SQLiteMemory {
  static func allocate(_ size: Int) throws(Failure) -> UnsafeMutableRawPointer {
    guard let block = unsafe sqlite3_malloc64(UInt64(max(size, 1))) else {
      throw Failure(LEAT_E_MEMORY, "no memory for \(size) bytes")
    }
    return unsafe block
  }

  static func free(_ block: UnsafeMutableRawPointer?) { unsafe sqlite3_free(block) }
}

/// What the tables and statements here need: STRICT tables came with 3.37.0.
func requireSQLiteVersion() throws(Failure) {
  if sqlite3_libversion_number() < 3_037_000 {
    throw unsafe Failure(
      LEAT_E_UNSUPPORTED,
      "SQLite is version \(text: sqlite3_libversion()), and 3.37.0 or newer is needed")
  }
}

extension Failure {
  /// `code` is one of SQLite's extended result codes.
  fileprivate init(
    sqlite code: Int32, _ words: UnsafePointer<CChar>?, _ systemError: SystemError,
    _ place: Message
  ) {
    let leatCode: Int32
    var asksSystem = false
    switch code & 0xff {
    case SQLITE_BUSY, SQLITE_LOCKED: leatCode = LEAT_E_BUSY
    case SQLITE_READONLY: leatCode = LEAT_E_READ_ONLY
    case SQLITE_FULL: leatCode = LEAT_E_FULL
    case SQLITE_CORRUPT: leatCode = LEAT_E_CORRUPT
    case SQLITE_NOTADB: leatCode = LEAT_E_NOT_STORE
    case SQLITE_NOMEM: leatCode = LEAT_E_MEMORY
    case SQLITE_IOERR where code == ioErrorNoMemory: leatCode = LEAT_E_MEMORY
    case SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_PERM:
      leatCode = LEAT_E_IO
      asksSystem = true
    default: leatCode = LEAT_E_SQLITE
    }
    var message: Message = "SQLite error \(code)"
    if let words = unsafe words { message = unsafe "\(text: words) (\(message))" }
    if asksSystem, systemError.number != 0 { message = "\(message), \(systemError)" }
    self.init(leatCode, "\(message): \(place)")
    sqliteCode = code
  }
}

/// SQLITE_IOERR_NOMEM: a macro with a shift in it isn't imported.
private let ioErrorNoMemory = SQLITE_IOERR | 12 << 8
