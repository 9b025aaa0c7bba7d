// SPDX-License-Identifier: MIT

import CSQLite
import LeatSupport

/// A copy of a database into another, page by page: https://sqlite.org/c3ref/backup_finish.html
@safe struct OnlineBackup: ~Copyable {
  private let raw: OpaquePointer
  private let source: Connection
  private let destination: Connection

  init(from source: Connection, to destination: Connection) throws(Failure) {
    let started = unsafe sqlite3_backup_init(
      destination.pointer, mainSchema, source.pointer, mainSchema)
    guard let started = unsafe started else {
      throw destination.failure(unsafe sqlite3_errcode(destination.pointer))
    }
    unsafe raw = started
    self.source = source
    self.destination = destination
  }

  deinit { unsafe sqlite3_backup_finish(raw) }

  /// Copies some pages; returns whether there are more. The last step commits the copy.
  func step(pages: Int32) throws(Failure) -> Bool {
    let result = unsafe sqlite3_backup_step(raw, pages)
    switch result {
    case SQLITE_OK: return true
    case SQLITE_DONE: return false
    default:
      // SQLite doesn't say which of the two databases failed.
      throw unsafe destination.explanation.failure(
        sqlite: result, sqlite3_errstr(result),
        SystemError(sqlite3_system_errno(destination.pointer)),
        "\(source) copied to \(destination)")
    }
  }

  /// The source's pages, as of the last step.
  var total: UInt64 { UInt64(clamping: unsafe sqlite3_backup_pagecount(raw)) }

  /// The pages that are not copied yet, as of the last step.
  var remaining: UInt64 { UInt64(clamping: unsafe sqlite3_backup_remaining(raw)) }
}
