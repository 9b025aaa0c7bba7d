// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

extension StoreHandle {
  /// Runs `body` as a whole or not at all: in its own transaction, or as a part of the
  /// caller's. In the caller's, a failure before the first write leaves the transaction as it was.
  /// A failure after it, of the disk, of memory or by a damaged page, rolls back all of it. (A
  /// savepoint could undo `body` alone. But it copies every page that is written to, and after most
  /// of these failures SQLite rolls back the whole transaction anyway.)
  func inWriteTransaction(_ body: () throws(Failure) -> Void) throws(Failure) {
    try tables.recover()
    // Leat's own rows must not show in the caller's sqlite3_last_insert_rowid().
    let lastInsertedRow = connection.lastInsertedRow
    defer { connection.lastInsertedRow = lastInsertedRow }
    if connection.isInTransaction {
      let changes = connection.totalChanges
      do throws(Failure) {
        try body()
      } catch let failure {
        tables.noteFailure(failure)
        if connection.isInTransaction && connection.totalChanges == changes { throw failure }
        tables.undoTransaction()
        throw explanation.failure(
          failure.code, "the whole transaction is rolled back: \(explanation.message)",
          sqliteCode: failure.sqliteCode)
      }
    } else {
      try tables.run(.begin)
      try orUndo { () throws(Failure) in
        try body()
        try ownership.commit(tables)
      }
    }
  }

  /// Runs `body` on one state of the database, though others write meanwhile.
  func inReadTransaction(_ body: () throws(Failure) -> Void) throws(Failure) {
    try tables.recover()
    let isOwn = !connection.isInTransaction
    try tables.run(.beginReading)
    defer {
      // The failure of `body` stays the one that is reported.
      try? tables.unexplained.run(.endReading)
      // This fails without memory, or by an authorizer.
      if isOwn && connection.isInTransaction { tables.undoTransaction() }
    }
    do throws(Failure) {
      try body()
    } catch let failure {
      tables.noteFailure(failure)
      throw failure
    }
  }

  /// Begins a transaction of the caller's.
  func begin() throws(Failure) {
    try requireWritable()
    try tables.recover()
    if connection.isInTransaction {
      throw explanation.failure(LEAT_E_ARGUMENT, "a transaction is open already on \(connection)")
    }
    try tables.run(.begin)
    // The rows that the caller will write must be fenced too.
    try orUndo { () throws(Failure) in try ownership.requireEpoch(tables) }
    block.hasBegun = true
  }

  /// Commits the caller's transaction, which may hold nothing but rows of the caller's.
  func commit() throws(Failure) {
    try tables.recover()
    try requireTransaction()
    block.hasBegun = false
    try orUndo { () throws(Failure) in
      try ownership.requireEpoch(tables)
      try ownership.commit(tables)
    }
  }

  func rollback() throws(Failure) {
    try requireTransaction()
    try tables.recompile()
    try tables.run(.rollback)
    block.hasBegun = false
  }

  /// Rolls back the open transaction if `body` throws.
  private func orUndo(_ body: () throws(Failure) -> Void) throws(Failure) {
    do throws(Failure) {
      try body()
    } catch let failure {
      tables.noteFailure(failure)
      tables.undoTransaction()
      throw failure
    }
  }

  private func requireTransaction() throws(Failure) {
    if !connection.isInTransaction {
      throw explanation.failure(LEAT_E_ARGUMENT, "no transaction is open on \(connection)")
    }
  }
}
