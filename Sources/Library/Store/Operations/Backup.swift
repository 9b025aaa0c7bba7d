// SPDX-License-Identifier: MIT

import CLeat
import CSQLite
import LeatSupport

extension StoreHandle {
  /// Copies the database to a new file at `path`.
  func backup(to path: UnsafePointer<CChar>, _ progress: Progress) throws(Failure) {
    try requireFresh()
    if connection.isInTransaction {
      throw Failure(LEAT_E_ARGUMENT, "a transaction is open on \(connection)")
    }
    // A symbolic link as well that leads nowhere.
    if unsafe FileLook(path).isThere { throw unsafe BackupFile.exists(path) }
    let path = try unsafe StorePath(path)
    try ReservedNames.requireNone(path)
    try BackupFile.requireNoLog(of: path)
    let source = unsafe connection.path
    var file = try unsafe BackupFile.make(for: path, source: source)
    try copy(to: file, progress)
    // A file that is read as one that never changes may have done so all the same.
    try requireFresh()
    try unsafe file.place(at: path, source: source)
  }

  private func copy(to file: borrowing BackupFile, _ progress: Progress) throws(Failure) {
    let copy = try Connection(opening: file.path, flags: SQLITE_OPEN_READWRITE)
    defer { copy.close() }
    // SQLite has opened it by its name, and may have come to what another put there.
    try file.requireInPlace(of: copy)
    // Nothing is to be rolled back: a copy that isn't finished is deleted.
    try copy.execute("PRAGMA main.journal_mode = OFF")
    try copy.execute("PRAGMA main.synchronous = FULL")
    try copy.execute("PRAGMA main.mmap_size = 0")
    // One transaction over all steps. Else SQLite would begin again whenever another connection
    // has written, and never come to an end beside a quick writer.
    try inReadTransaction { () throws(Failure) in
      if try Schema.version(in: connection, isOwn: ownsConnection) == nil {
        throw Failure(LEAT_E_CORRUPT, "the tables of the store are missing, in \(connection)")
      }
      let backup = try OnlineBackup(from: connection, to: copy)
      var hasMore = true
      while hasMore {
        hasMore = try backup.step(pages: 256)
        let total = backup.total
        try progress.report(total - min(total, backup.remaining), of: total)
      }
    }
  }
}
