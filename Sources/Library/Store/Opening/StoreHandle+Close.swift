// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

extension StoreHandle {
  /// Closes the store, and its connection if that is Leat's own.
  func close() throws(Failure) {
    let connection = connection
    guard connection.isOwn else {
      if block.hasBegun && connection.isInTransaction { try? tables.run(.rollback) }
      free()
      return
    }
    let isInPlace = ownership.hasFilesInPlace(connection)
    if !isInPlace { try connection.keepWALOnClose() }
    let mayCheckpoint =
      (isInPlace || ownership.isOnlyWALGone(connection)) && !options.isReadOnly
      && !connection.isInTransaction && !ownership.isFenced(tables)
    tables.finalizeStatements()
    if connection.hasOpenStatements {
      throw explanation.failure(
        LEAT_E_BUSY, "statements on leat_store_database() are not finalised: \(connection)")
    }
    if mayCheckpoint {
      // Only a convenience for those who copy the file alone: what was committed is safe in the
      // "-wal". So this neither waits for readers nor reports a failure.
      connection.setBusyTimeout(milliseconds: 0)
      connection.checkpointWAL()
    }
    // This rolls back an open transaction.
    if !connection.close() {
      connection.setBusyTimeout(milliseconds: options.busyTimeout)
      throw explanation.failure(
        LEAT_E_BUSY, "a backup of leat_store_database() is not finished: \(connection)")
    }
    free()
  }
}
