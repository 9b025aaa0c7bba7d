// SPDX-License-Identifier: MIT

import CLeat
import CSQLite
import CStoreFiles
import LeatSupport

extension StoreHandle {
  /// Opens a store to look at, beside a writer or without one.
  static func openReadOnly(
    _ path: borrowing StorePath, _ options: StoreOptions
  ) throws(Failure) -> OpaquePointer {
    if unsafe FileLook(path.text).isNone { try unsafe requireNotLost(path.text) }
    var connection = try Connection(opening: path, flags: SQLITE_OPEN_READONLY)
    var frozen: FrozenFile?
    do throws(Failure) {
      try requireFileOfLog(connection)
      try connection.secure(options)
      _ = try connection.number("SELECT count(*) FROM main.sqlite_schema")
    } catch let failure {
      guard failure.code == LEAT_E_IO || failure.code == LEAT_E_READ_ONLY,
        let file = FrozenFile(connection)
      else {
        connection.close()
        throw failure
      }
      frozen = file
      connection.close()
      connection = try Connection(openingFrozen: path)
    }
    let block = StoreBlock(connection, isOwn: true, options, frozen: frozen)
    return try unsafe start(block) { store throws(Failure) in
      var witness: CommitCount?
      if let path = unsafe connection.path { witness = unsafe WriterLock.witness(beside: path) }
      try store.inReadTransaction { () throws(Failure) in
        guard let version = try Schema.version(in: connection, isOwn: true) else {
          throw Failure(LEAT_E_NOT_STORE, "an empty database: \(connection)")
        }
        // Version 1 doesn't count.
        if version > 1 { try store.compare(with: witness) }
      }
    }
  }

  /// Throws when a file that is read as one that never changes did change.
  func requireFresh() throws(Failure) {
    guard let frozen, let now = FrozenFile(connection), now == frozen else {
      if frozen == nil { return }
      throw Failure(
        LEAT_E_BUSY, "written to since it was opened to look at; open it again: \(connection)")
    }
  }
}

/// Throws when a file is empty and its "-wal" isn't: SQLite would delete that, and a new store would
/// begin in the place of the one that was there.
func requireFileOfLog(_ database: Connection) throws(Failure) {
  guard let path = unsafe database.path else { return }
  let wal = try unsafe PathBuffer(path, "-wal")
  if unsafe leat_files_stamp(path).size > 0 || leat_files_stamp(wal.text).size <= 0 { return }
  throw Failure(
    LEAT_E_CORRUPT,
    "the file is empty, and the -wal beside it is of a store that was not: \(database)")
}

/// A closed store in a directory that can't be written.
///
/// To read a database in WAL mode SQLite makes the "-shm" file, through which readers and writers
/// agree; where it can't, it reads only a file it is told never changes (`immutable=1`). That is
/// true of read-only media. It's true of a closed store as well, until a writer comes who may
/// write there: so this is done only while the "-wal" is missing or empty, which means that the
/// file holds everything, and each use checks first that file and "-wal" are still the same.
struct FrozenFile: Equatable {
  private let size: Int64
  private let modified: Int64
  private let file: UInt64

  /// nil when a "-wal" holds what the file doesn't.
  init?(_ database: Connection) {
    guard let path = unsafe database.path, let wal = try? unsafe PathBuffer(path, "-wal"),
      unsafe leat_files_stamp(wal.text).size <= 0
    else { return nil }
    let stamp = unsafe leat_files_stamp(path)
    guard stamp.size >= 0 else { return nil }
    size = stamp.size
    modified = stamp.modified_ns
    file = stamp.file
  }
}
