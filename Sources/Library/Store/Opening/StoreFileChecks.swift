// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

/// Throws unless SQLite may open a store at `path`: there and beside it is nothing, or what may be
/// a file of the store's own.
func requireStoreFiles(
  _ path: borrowing StorePath, _ explanation: Explanation
) throws(Failure) {
  let store = FileStatus(path.path)
  if store.isSpecial {
    throw explanation.failure(
      LEAT_E_NOT_STORE, "found \(store.description), expected a store's file: \(path.path)")
  }
  let suffixes: InlineArray<3, StaticString> = ["-wal", "-shm", "-journal"]
  for index in suffixes.indices {
    let name = try PathBuffer(path.path, suffixes[index], explanation)
    try FileStatus.requireOwnFile(at: name.path, explanation)
  }
  // A store for reading doesn't write to the lock file, and a writer checks it again.
  let lock = try PathBuffer(path.path, "-lock", explanation)
  try FileStatus.requireOwnFile(at: lock.path, mayHaveLinks: true, explanation)
}

/// Throws when a file is empty and its "-wal" isn't. SQLite would delete that, and a new store
/// would replace the one before.
func requireNoForeignWAL(_ database: Connection) throws(Failure) {
  guard let path = database.path else { return }
  let wal = try PathBuffer(path, "-wal", database.explanation)
  // The "-wal" first: another process that makes the store now writes to the file before.
  if FileStamp(wal.path).size <= 0 || FileStamp(path).size > 0 { return }
  throw database.explanation.failure(
    LEAT_E_CORRUPT,
    "the file is empty, and the -wal beside it is of a store that was not: \(database)")
}

/// The names of the files that SQLite and Leat make beside a store.
enum ReservedNames {
  static var suffixes: InlineArray<5, StaticString> {
    ["-wal", "-shm", "-journal", "-lock", "-lock.new"]
  }

  /// Throws when a file at `path` would be taken for a part of another file that is there: nothing
  /// may be written under such a name.
  static func requireUnreserved(
    _ path: borrowing StorePath, _ explanation: Explanation
  ) throws(Failure) {
    let name = path.path.bytes
    let suffixes = suffixes
    for index in suffixes.indices {
      let count = name.count - suffixes[index].utf8CodeUnitCount
      guard count > 0, name.slice(count, name.count) == ByteView(stringLiteral: suffixes[index])
      else { continue }
      let store = try PathBuffer(path.path, first: count, explanation)
      guard FileStatus(store.path).isRegular else { continue }
      throw explanation.failure(
        LEAT_E_ARGUMENT,
        """
        found a path that ends with \(suffixes[index]), as a file beside the store does, expected \
        another: \(path.path)
        """)
    }
  }
}
