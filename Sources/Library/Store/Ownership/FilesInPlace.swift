// SPDX-License-Identifier: MIT

import CLeat
import CStoreFiles
import LeatSupport

/// The files that a store writes to, as they were when it was opened. A file that is deleted, renamed
/// or replaced goes on to take what is written to it, and nobody finds that again. So after each
/// commit the names are looked at: do they still name the files that were written to?
struct StoreFiles {
  var database: FileLook?
  /// The "-wal". nil until it has been seen: an attached database may use another journal.
  var log: FileLook?
}

extension StoreHandle {
  /// Notes which file the store is in. Throws when that must not be written to, or isn't the one that
  /// SQLite opened.
  func noteDatabaseFile() throws(Failure) {
    guard let path = unsafe connection.path else { return }
    let file = unsafe FileLook(path)
    if connection.hasMoved { throw unsafe gone(path) }
    // Another VFS may keep its files elsewhere.
    guard file.isThere else { return }
    if try unsafe !file.hasTwin(path) { try unsafe file.requireOneName(path) }
    files.database = file
  }

  /// Deletes the twin, once it is known that the file is a store, and this writer's.
  func removeTwin() throws(Failure) {
    guard files.database != nil, let path = unsafe connection.path else { return }
    try unsafe FileLook(path).withoutTwin(path).requireOneName(path)
  }

  /// Makes sure, before a commit, that the database is where it was: then nothing is written that
  /// would be refused afterwards, but for what changes in that very moment.
  func requireDatabaseInPlace() throws(Failure) {
    guard let database = files.database, let path = unsafe connection.path else { return }
    let now = unsafe FileLook(path)
    // Not to be allowed to look at it any more proves nothing.
    if now.isUnknown { return }
    guard now.isSame(as: database) else { throw unsafe gone(path) }
    try unsafe now.requireOneName(path)
  }

  /// Makes sure, after a commit, that the next opener finds what it wrote.
  func requireFilesInPlace() throws(Failure) {
    try requireDatabaseInPlace()
    guard files.database != nil, let logPath = unsafe connection.logPath else { return }
    let log = unsafe FileLook(logPath)
    if log.isUnknown { return }
    guard let known = files.log else {
      if log.isThere { files.log = log }
      return
    }
    if log.isSame(as: known) { return }
    // The caller may have given his database another journal.
    if ownsConnection { throw unsafe gone(logPath) }
    if try connection.hasLog() { throw unsafe gone(logPath) }
    files.log = nil
  }

  /// Whether only the "-wal" is gone, and no other writer has come since. Then what was committed can
  /// still be copied from it into the database.
  var isOnlyLogGone: Bool {
    guard let database = files.database, let path = unsafe connection.path,
      unsafe FileLook(path).isSame(as: database)
    else { return false }
    return unsafe lock.isHeld(beside: path)
  }

  /// Whether all that was committed is where the next opener looks. Else closing must delete nothing:
  /// what has those names now may be another store's.
  var areFilesInPlace: Bool {
    do throws(Failure) {
      try requireFilesInPlace()
      return true
    } catch {
      return false
    }
  }

  private func gone(_ path: UnsafePointer<CChar>) -> Failure {
    unsafe Failure(
      LEAT_E_GONE,
      """
      the file was deleted, renamed or replaced while the store was open, and nobody will find what \
      is written to it; close the store: '\(text: path)'
      """)
  }
}

/// Throws when there is no database at `path`, and the "-lock" beside it tells of commits that were
/// acknowledged: a new store would begin in the place of one that was lost.
func requireNotLost(_ path: UnsafePointer<CChar>) throws(Failure) {
  guard let witness = unsafe WriterLock.witness(beside: path), witness.commits > 0 else { return }
  throw unsafe Failure(
    LEAT_E_CORRUPT,
    """
    the database is missing or empty, and the -lock beside it tells of \(witness.commits) commits; \
    to begin a new store delete that file: '\(text: path)-lock'
    """)
}
