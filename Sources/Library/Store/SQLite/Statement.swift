// SPDX-License-Identifier: MIT

import CLeat
import CSQLite
import LeatSupport

/// A prepared statement in use. At the end of its life it is finalised, or only reset if it is kept
/// for the next use. A reset statement holds no lock. It stays bound to its old parameters, but
/// every use binds all of them again first.
@safe struct Statement: ~Copyable {
  private let raw: OpaquePointer
  private let connection: Connection
  private let isKept: Bool

  init(_ connection: Connection, _ sql: StaticString, kept: Bool = false) throws(Failure) {
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
    } else {
      unsafe sqlite3_finalize(raw)
    }
  }

  var pointer: OpaquePointer { unsafe raw }
  var explanation: Explanation { connection.explanation }
  var emptyCRC: CRC32C { connection.emptyCRC }

  static func finalize(_ prepared: OpaquePointer) { unsafe sqlite3_finalize(prepared) }

  /// Parameters are numbered from 1.
  func bind(_ parameter: Int32, _ number: Int64) throws(Failure) {
    try check(unsafe sqlite3_bind_int64(raw, parameter, number))
  }

  /// Binds three parameters from `first` on.
  func bind(_ first: Int32, _ one: Int64, _ two: Int64, _ three: Int64) throws(Failure) {
    try bind(first, one)
    try bind(first + 1, two)
    try bind(first + 2, three)
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

  /// Goes to a query's next row; returns whether there is one.
  func step() throws(Failure) -> Bool {
    if try advance() { return true }
    // https://sqlite.org/c3ref/set_authorizer.html: if an authorizer answers SQLITE_IGNORE, SQLite
    // compiles a query to a program that does nothing, without columns.
    if unsafe sqlite3_column_count(raw) == 0 {
      throw explanation.failure(
        LEAT_E_UNSUPPORTED,
        "a query was compiled to nothing, by an authorizer that answers SQLITE_IGNORE: \(connection)"
      )
    }
    return false
  }

  /// Runs a statement other than a query. With `PRAGMA count_changes` it returns the number of its
  /// changes as a row, which is ignored.
  func run() throws(Failure) {
    while try advance() {}
  }

  /// Runs a statement that changes rows, and returns the number of rows it changed itself: without
  /// those that triggers changed, or kept it from changing.
  func write() throws(Failure) -> Int64 {
    let before = connection.totalChanges
    try run()
    // An INSERT for which an authorizer answers SQLITE_IGNORE does nothing, and leaves `changes` as
    // the statement before it did.
    return connection.totalChanges == before ? 0 : connection.changes
  }

  /// Runs a statement that must change one row. The message names its table.
  func writeRow(of table: StaticString) throws(Failure) {
    let changed = try write()
    if changed != 1 {
      throw explanation.failure(
        LEAT_E_UNSUPPORTED,
        """
        \(changed) rows of \(table) changed, expected 1: a trigger or an authorizer on the \
        connection prevents it: \(connection)
        """)
    }
  }

  /// Whether SQLite has compiled a statement again since the last call of this, because the schema,
  /// a PRAGMA or the authorizer changed.
  static func wasRecompiled(_ prepared: OpaquePointer) -> Bool {
    unsafe sqlite3_stmt_status(prepared, SQLITE_STMTSTATUS_REPREPARE, 1) != 0
  }

  private func advance() throws(Failure) -> Bool {
    let result = unsafe sqlite3_step(raw)
    switch result {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    default: throw connection.failure(result)
    }
  }

  /// Ends the query, so that other values can be bound.
  func reset() { unsafe sqlite3_reset(raw) }

  /// Columns are numbered from 0. nil when it is no integer.
  func integer(_ column: Int32) -> Int64? {
    guard unsafe sqlite3_column_type(raw, column) == SQLITE_INTEGER else { return nil }
    return unsafe sqlite3_column_int64(raw, column)
  }

  /// Valid until the next step. nil when it is no blob.
  func blob(_ column: Int32) throws(Failure) -> ByteView? {
    guard unsafe sqlite3_column_type(raw, column) == SQLITE_BLOB else { return nil }
    return try unsafe bytes(column, at: sqlite3_column_blob(raw, column))
  }

  /// Valid until the next step. nil when it is no text.
  func text(_ column: Int32) throws(Failure) -> ByteView? {
    guard unsafe sqlite3_column_type(raw, column) == SQLITE_TEXT else { return nil }
    return try unsafe bytes(column, at: UnsafeRawPointer(sqlite3_column_text(raw, column)))
  }

  private func bytes(_ column: Int32, at start: UnsafeRawPointer?) throws(Failure) -> ByteView {
    let count = Int(unsafe sqlite3_column_bytes(raw, column))
    if let start = unsafe start { return unsafe ByteView(start, count: count) }
    // https://sqlite.org/c3ref/column_blob.html: NULL for no bytes, and when memory ran out.
    if count != 0 {
      throw explanation.failure(LEAT_E_MEMORY, "no memory to read a column of \(count) bytes")
    }
    return .empty
  }
}
