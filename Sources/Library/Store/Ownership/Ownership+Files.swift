// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

extension Ownership {
  /// Notes which file the store is in. Throws when that is not the file which SQLite opened, or
  /// must not be written to.
  mutating func noteDatabase(_ connection: Connection) throws(Failure) {
    guard let path = connection.path else { return }
    let file = FileStatus(path)
    if connection.hasMoved { throw gone(path, connection.explanation) }
    // Another VFS may keep its files elsewhere.
    guard file.isPresent else { return }
    if try !file.hasTwin(path, connection.explanation) {
      try file.requireOneName(path, connection.explanation)
    }
    database = file
  }

  /// Deletes the file's second name if a killed backup left one. By now the file is known to be a
  /// store and this writer's.
  func removeTwin(_ connection: Connection) throws(Failure) {
    guard database != nil, let path = connection.path else { return }
    let explanation = connection.explanation
    try FileStatus(path).withoutTwin(path, explanation).requireOneName(path, explanation)
  }

  /// Throws unless the path still names the database. This comes before a commit, so that a refused
  /// transaction is not in the file, unless the change happens in that moment.
  func requireDatabaseInPlace(_ connection: Connection) throws(Failure) {
    guard let database, let path = connection.path else { return }
    let now = FileStatus(path)
    // An unknown status doesn't prove that the file is gone.
    if now.isUnknown { return }
    guard now.isSame(as: database) else { throw gone(path, connection.explanation) }
    try now.requireOneName(path, connection.explanation)
  }

  /// Throws unless the next opener will find what was committed.
  mutating func requireFilesInPlace(_ connection: Connection) throws(Failure) {
    try requireDatabaseInPlace(connection)
    guard database != nil, let path = connection.walPath else { return }
    let now = FileStatus(path)
    if now.isUnknown { return }
    guard let wal else {
      if now.isPresent { self.wal = now }
      return
    }
    if now.isSame(as: wal) { return }
    // An attached database may have been given another journal.
    if connection.isOwn { throw gone(path, connection.explanation) }
    if try connection.isInWALMode() { throw gone(path, connection.explanation) }
    self.wal = nil
  }

  /// As `requireFilesInPlace`. If it isn't so, closing must delete nothing: the files with these
  /// names may be another store's.
  mutating func hasFilesInPlace(_ connection: Connection) -> Bool {
    (try? requireFilesInPlace(connection)) != nil
  }

  /// Whether only the "-wal" is gone, and no other writer has come since. Then its contents can
  /// still be copied into the database.
  func isOnlyWALGone(_ connection: Connection) -> Bool {
    guard let database, let path = connection.path,
      FileStatus(path).isSame(as: database)
    else { return false }
    return lock.isHeld(beside: path)
  }

  private func gone(_ path: FilePath, _ explanation: Explanation) -> Failure {
    explanation.failure(
      LEAT_E_GONE,
      """
      the file was deleted, renamed or replaced while the store was open, and nobody will find what \
      is written to it; close the store: \(path)
      """)
  }
}

extension Connection {
  /// The file of a closed store in a directory that can't be written; nil when a "-wal" holds
  /// commits that are not in the file.
  ///
  /// To read a database in WAL mode SQLite makes the "-shm" file, through which readers and writers
  /// cooperate. Where it can't make it, it reads only a file that never changes (`immutable=1`).
  /// That is true of read-only media. It is also true of a closed store, until a writer comes that
  /// may write to the directory. So this is done only while the "-wal" is missing or empty, as then
  /// the file holds everything; and each use first checks that the file and the "-wal" are still
  /// the same.
  var frozenFile: FileStamp? {
    guard let path, let wal = try? PathBuffer(path, "-wal", .none),
      FileStamp(wal.path).size <= 0
    else { return nil }
    let file = FileStamp(path)
    return file.size < 0 ? nil : file
  }
}
