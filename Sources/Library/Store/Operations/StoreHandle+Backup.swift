// SPDX-License-Identifier: MIT
//
// A backup is made in the file "<path>-new", synced, and renamed to its path. So at the path there
// is never a part of a copy, and never a copy that a loss of power could take away.

import CLeat
import LeatSupport

extension StoreHandle {
  /// Copies the database to a new file at `path`.
  func backup(to path: FilePath, _ progress: Progress) throws(Failure) {
    try requireUnchangedFile()
    if connection.isInTransaction {
      throw explanation.failure(LEAT_E_ARGUMENT, "a transaction is open on \(connection)")
    }
    // Also a symbolic link that leads nowhere.
    if FileStatus(path).isPresent { throw BackupFile.exists(path, explanation) }
    let path = try StorePath(path, explanation)
    try ReservedNames.requireUnreserved(path, explanation)
    try BackupFile.requireNoLog(of: path, explanation)
    let source = connection.path
    var file = try BackupFile.make(for: path, source: source, explanation)
    try copy(to: file, progress)
    // A file that is read as one that never changes may still have changed.
    try requireUnchangedFile()
    try file.place(at: path, source: source)
  }

  private func copy(to file: borrowing BackupFile, _ progress: Progress) throws(Failure) {
    let copy = try Connection(opening: file.path, .readWrite, explanation)
    defer { copy.close() }
    // SQLite opened it by its name, where another process may have put another file.
    try file.requireInPlace(of: copy)
    try copy.prepareForCopy()
    // One transaction for all steps. Otherwise SQLite would begin again each time that another
    // connection has written, and never finish beside a fast writer.
    try inReadTransaction { () throws(Failure) in
      if try Schema.version(in: connection) == nil {
        throw explanation.failure(
          LEAT_E_CORRUPT, "the tables of the store are missing, in \(connection)")
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
