// SPDX-License-Identifier: MIT
//
// Every `sqlite3_*` call of this module stands in this folder: what SQLite is asked, how its codes
// become the header's, and where a test can put a fault.

import CLeat
import CSQLite
import LeatSupport

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

/// SQLite's random numbers, which come from the system.
enum SQLiteRandom {
  static func number() -> Int64 {
    var number: Int64 = 0
    unsafe sqlite3_randomness(Int32(MemoryLayout<Int64>.size), &number)
    return number
  }
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
  init(
    sqlite code: Int32, _ words: UnsafePointer<CChar>?, _ systemError: SystemError,
    _ place: Message
  ) {
    let leatCode: Int32
    var asksSystem = false
    switch code & 0xff {
    case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL: leatCode = LEAT_E_BUSY
    case SQLITE_READONLY where code == readOnlyMoved: leatCode = LEAT_E_GONE
    case SQLITE_READONLY:
      leatCode = LEAT_E_READ_ONLY
      asksSystem = true
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

/// SQLITE_READONLY_DBMOVED: with a rollback journal SQLite itself sees that the file has moved.
private let readOnlyMoved = SQLITE_READONLY | 4 << 8
