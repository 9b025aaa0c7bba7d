// SPDX-License-Identifier: MIT

import CLeat
import LeatBytes

extension StoreHandle {
  /// Does `body` whole or not at all: in a transaction of its own, or, inside one of the caller's,
  /// so that a failure leaves that one as it was before the call.
  func inWriteTransaction(_ body: () throws(Failure) -> Void) throws(Failure) {
    // Leat's own rows must not show in the caller's sqlite3_last_insert_rowid().
    let lastInsertedRow = connection.lastInsertedRow
    defer { connection.lastInsertedRow = lastInsertedRow }
    if connection.isInTransaction {
      try run(.savepoint)
      do throws(Failure) {
        try body()
        try run(.releaseSavepoint)
      } catch let failure {
        throw undoSavepoint(after: failure)
      }
    } else {
      try run(.begin)
      do throws(Failure) {
        try body()
        try run(.commit)
      } catch let failure {
        undoTransaction()
        throw failure
      }
    }
  }

  /// Does `body` on one state of the database, though others write meanwhile.
  func inReadTransaction(_ body: () throws(Failure) -> Void) throws(Failure) {
    try run(.savepoint)
    // There is nothing to commit: it can't fail in a way that matters.
    defer { try? run(.releaseSavepoint) }
    try body()
  }

  /// SQLite ends a transaction by itself after some errors: a full disk, failed I/O.
  func undoTransaction() {
    if connection.isInTransaction { try? run(.rollback) }
  }

  private func undoSavepoint(after failure: Failure) -> Failure {
    if connection.isInTransaction {
      do throws(Failure) {
        try run(.rollbackToSavepoint)
        try run(.releaseSavepoint)
        return failure
      } catch {
        undoTransaction()
      }
    }
    var told = Failure(failure.code, "the whole transaction is rolled back: \(failure.message)")
    told.sqliteCode = failure.sqliteCode
    return told
  }

  func begin() throws(Failure) {
    try requireWritable()
    if connection.isInTransaction {
      throw Failure(LEAT_E_ARGUMENT, "a transaction is open already on \(connection)")
    }
    try run(.begin)
    do throws(Failure) {
      // The rows that the caller is about to write are to be fenced off as well.
      try requireEpoch()
    } catch let failure {
      undoTransaction()
      throw failure
    }
    began = true
  }

  func commit() throws(Failure) {
    try requireTransaction()
    began = false
    do throws(Failure) {
      try run(.commit)
    } catch let failure {
      undoTransaction()
      throw failure
    }
  }

  func rollback() throws(Failure) {
    try requireTransaction()
    began = false
    try run(.rollback)
  }

  private func requireTransaction() throws(Failure) {
    if !connection.isInTransaction {
      throw Failure(LEAT_E_ARGUMENT, "no transaction is open on \(connection)")
    }
  }
}
