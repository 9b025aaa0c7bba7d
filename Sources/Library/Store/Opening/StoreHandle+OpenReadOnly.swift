// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

extension StoreHandle {
  /// Opens a store for reading, beside a writer or without one.
  static func openReadOnly(
    _ path: borrowing StorePath, _ options: StoreOptions, _ explanation: Explanation
  ) throws(Failure) -> OpaquePointer {
    if FileStatus(path.path).isAbsent { try Ownership.requireNotLost(path.path, explanation) }
    var connection = try Connection(opening: path, .readOnly, explanation)
    var frozenFile: FileStamp?
    do throws(Failure) {
      try requireNoForeignWAL(connection)
      try connection.protect(busyTimeout: options.busyTimeout)
      _ = try connection.objectCount()
    } catch let failure {
      guard failure.code == LEAT_E_IO || failure.code == LEAT_E_READ_ONLY,
        let file = connection.frozenFile
      else {
        connection.close()
        throw failure
      }
      frozenFile = file
      connection.close()
      connection = try Connection(openingImmutable: path, explanation)
    }
    let block = StoreBlock(connection, options, frozenFile: frozenFile)
    return try unsafe make(block, connection) { store throws(Failure) in
      var witness: CommitCount?
      if let path = connection.path { witness = WriterLock.witness(beside: path) }
      try store.inReadTransaction { () throws(Failure) in
        guard let version = try Schema.version(in: connection) else {
          throw explanation.failure(LEAT_E_NOT_STORE, "an empty database: \(connection)")
        }
        // Version 1 doesn't count its commits.
        if version > 1 { try store.ownership.compareCommits(with: witness, store.tables) }
      }
    }
  }
}
