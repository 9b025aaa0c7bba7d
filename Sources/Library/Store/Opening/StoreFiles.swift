// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

/// Throws unless SQLite may open a store at `path`: there and beside it is nothing, or what may be
/// a file of the store's own.
func requireStoreFiles(_ path: borrowing StorePath) throws(Failure) {
  let store = FileStatus(path.path)
  if store.isSpecial {
    throw Failure(
      LEAT_E_NOT_STORE, "found \(store.description), expected a store's file: \(path.path)")
  }
  let suffixes: InlineArray<3, StaticString> = ["-wal", "-shm", "-journal"]
  for index in suffixes.indices {
    let name = try PathBuffer(path.path, suffixes[index])
    try FileStatus.requireOwnFile(at: name.path)
  }
  // A store for reading doesn't write to the lock file, and a writer checks it again.
  let lock = try PathBuffer(path.path, "-lock")
  try FileStatus.requireOwnFile(at: lock.path, mayHaveLinks: true)
}

/// Throws when a file is empty and its "-wal" isn't. SQLite would delete that, and a new store
/// would replace the one before.
func requireNoForeignWAL(_ database: Connection) throws(Failure) {
  guard let path = database.path else { return }
  let wal = try PathBuffer(path, "-wal")
  if FileStamp(path).size > 0 || FileStamp(wal.path).size <= 0 { return }
  throw Failure(
    LEAT_E_CORRUPT,
    "the file is empty, and the -wal beside it is of a store that was not: \(database)")
}
