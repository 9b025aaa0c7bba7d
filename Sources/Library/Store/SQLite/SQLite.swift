// SPDX-License-Identifier: MIT
//
// All calls of SQLite are in this folder, in thin wrappers: connections, statements, the online
// backup, memory and its configuration. Nothing outside it sees one of SQLite's result codes,
// and each of its failures becomes one of the header's codes here, in one place. No statement's
// text is here: these are in Tables.

import CLeat
import CSQLite
import LeatSupport

enum SQLite {
  /// Throws unless SQLite has STRICT tables, which came with 3.37.0.
  static func requireVersion(_ explanation: Explanation) throws(Failure) {
    if sqlite3_libversion_number() < 3_037_000 {
      throw unsafe explanation.failure(
        LEAT_E_UNSUPPORTED,
        "found SQLite \(text: sqlite3_libversion()), expected 3.37.0 or newer")
    }
  }

  /// Throws if SQLite was compiled without mutexes: then one thread of the process may use it.
  static func requireThreads(_ explanation: Explanation) throws(Failure) {
    if sqlite3_threadsafe() == 0 {
      throw explanation.failure(
        LEAT_E_UNSUPPORTED, "this SQLite was compiled for programs of one thread")
    }
  }

  /// A random number, which SQLite gets from the system.
  static func randomNumber() -> Int64 {
    var number: Int64 = 0
    unsafe sqlite3_randomness(Int32(MemoryLayout<Int64>.size), &number)
    return number
  }

  // Swift doesn't import these macros, as each has a shift in it.

  /// A file can't be opened for writing because its directory is read-only.
  static let readOnlyDirectory = SQLITE_READONLY | 6 << 8
  /// With a rollback journal SQLite itself notices that the file has moved.
  fileprivate static let readOnlyMoved = SQLITE_READONLY | 4 << 8
  fileprivate static let ioErrorNoMemory = SQLITE_IOERR | 12 << 8
}

extension Explanation {
  /// `code` is one of SQLite's extended result codes, `text` SQLite's words for it.
  func failure(
    sqlite code: Int32, _ text: UnsafePointer<CChar>?, _ systemError: SystemError,
    _ place: Message
  ) -> Failure {
    let leatCode: Int32
    var isOfSystem = false
    switch code & 0xff {
    case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL: leatCode = LEAT_E_BUSY
    case SQLITE_READONLY where code == SQLite.readOnlyMoved: leatCode = LEAT_E_GONE
    case SQLITE_READONLY:
      leatCode = LEAT_E_READ_ONLY
      isOfSystem = true
    case SQLITE_FULL: leatCode = LEAT_E_FULL
    case SQLITE_CORRUPT: leatCode = LEAT_E_CORRUPT
    case SQLITE_NOTADB: leatCode = LEAT_E_NOT_STORE
    case SQLITE_NOMEM: leatCode = LEAT_E_MEMORY
    case SQLITE_IOERR where code == SQLite.ioErrorNoMemory: leatCode = LEAT_E_MEMORY
    case SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_PERM:
      leatCode = LEAT_E_IO
      isOfSystem = true
    default: leatCode = LEAT_E_SQLITE
    }
    var message: Message = "SQLite error \(code)"
    if let text = unsafe text { message = unsafe "\(text: text) (\(message))" }
    if isOfSystem, systemError.number != 0 { message = "\(message), \(systemError)" }
    return failure(leatCode, "\(message): \(place)", sqliteCode: code)
  }
}

extension Failure {
  /// Whether bytes are not as they were written, in the rows or in SQLite's pages.
  var isDamage: Bool { code == LEAT_E_CORRUPT || code == LEAT_E_NOT_STORE }
}
