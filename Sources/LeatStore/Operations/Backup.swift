// SPDX-License-Identifier: MIT

import CLeat
import CSQLite
import CStoreFiles
import LeatBytes

extension StoreHandle {
  /// Copies the database to a new file at `path`.
  func backup(to path: UnsafePointer<CChar>, _ progress: Progress) throws(Failure) {
    try requireFresh()
    if connection.isInTransaction {
      throw Failure(LEAT_E_ARGUMENT, "a transaction is open on \(connection)")
    }
    if unsafe leat_files_exists(path) != 0 { throw unsafe BackupFile.exists(path) }
    let source = unsafe connection.path
    let file = try unsafe BackupFile.make(for: path, source: source)
    try unsafe copy(to: file.path, progress)
    // A file that is read as one that never changes may have done so all the same.
    try requireFresh()
    try unsafe file.place(at: path, source: source)
  }

  private func copy(to path: UnsafePointer<CChar>, _ progress: Progress) throws(Failure) {
    let copy = try unsafe Connection(opening: path, flags: SQLITE_OPEN_READWRITE)
    defer { copy.close() }
    if isBesideStore(copy) {
      throw unsafe Failure(
        LEAT_E_ARGUMENT, "path is a name for what stands beside the store: '\(text: path)'")
    }
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

  /// Whether the copy is being made for a name that SQLite or Leat would take for a part of the
  /// store. Both paths are absolute ones, with links resolved.
  private func isBesideStore(_ copy: Connection) -> Bool {
    guard let path = unsafe connection.path, let copyPath = unsafe copy.path else { return false }
    let store = unsafe ByteView(text: path)
    let new = unsafe ByteView(text: copyPath)
    guard new.count > store.count, new.slice(0, store.count).equals(store) else { return false }
    let suffix = new.slice(store.count, new.count)
    return suffix.equals("-wal-new") || suffix.equals("-shm-new")
      || suffix.equals("-journal-new") || suffix.equals("-lock-new")
  }
}

extension ByteView {
  /// The bytes before a NUL.
  fileprivate init(text: UnsafePointer<CChar>) {
    var count = 0
    while unsafe text[count] != 0 { count += 1 }
    unsafe self.init(text, count: count)
  }
}
