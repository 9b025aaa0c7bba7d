// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

/// Throws unless SQLite may open a store at `path`: there and beside it is nothing, or what may be
/// a file of the store's own.
func requireStoreFiles(_ path: borrowing StorePath) throws(Failure) {
  let store = unsafe FileStatus(path.text)
  if store.isSpecial {
    throw unsafe Failure(
      LEAT_E_NOT_STORE, "found \(store.description), expected a store's file: '\(text: path.text)'")
  }
  let suffixes: InlineArray<3, StaticString> = ["-wal", "-shm", "-journal"]
  for index in suffixes.indices {
    let name = try unsafe PathBuffer(path.text, suffixes[index])
    try unsafe FileStatus.requireOwnFile(at: name.text)
  }
  // A store for reading doesn't write to the lock file, and a writer checks it again.
  let lock = try unsafe PathBuffer(path.text, "-lock")
  try unsafe FileStatus.requireOwnFile(at: lock.text, mayHaveLinks: true)
}

/// Throws when a file is empty and its "-wal" isn't. SQLite would delete that, and a new store
/// would replace the one before.
func requireNoForeignWAL(_ database: Connection) throws(Failure) {
  guard let path = unsafe database.path else { return }
  let wal = try unsafe PathBuffer(path, "-wal")
  if unsafe FileStamp(path).size > 0 || FileStamp(wal.text).size <= 0 { return }
  throw Failure(
    LEAT_E_CORRUPT,
    "the file is empty, and the -wal beside it is of a store that was not: \(database)")
}
