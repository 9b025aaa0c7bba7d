// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

extension StoreHandle {
  /// Does `body` whole or not at all: in a transaction of its own, or as a part of the caller's.
  /// Inside one of the caller's a failure before the first write leaves that one as it was, and one
  /// after it, of the disk, of memory or by a damaged page, rolls all of it back. (A savepoint could
  /// undo `body` alone; but it copies every page that is written to, and after most of these
  /// failures SQLite gives up the whole transaction anyway.)
  func inWriteTransaction(_ body: () throws(Failure) -> Void) throws(Failure) {
    try finish()
    // Leat's own rows must not show in the caller's sqlite3_last_insert_rowid().
    let lastInsertedRow = connection.lastInsertedRow
    defer { connection.lastInsertedRow = lastInsertedRow }
    if connection.isInTransaction {
      let written = connection.writtenRows
      do throws(Failure) {
        try body()
      } catch let failure {
        suspectStatements(failure)
        if connection.isInTransaction && connection.writtenRows == written { throw failure }
        undoTransaction()
        var told = Failure(
          failure.code, "the whole transaction is rolled back: \(failure.message)")
        told.sqliteCode = failure.sqliteCode
        throw told
      }
    } else {
      try run(.begin)
      do throws(Failure) {
        try body()
        try commitCounted()
      } catch let failure {
        suspectStatements(failure)
        undoTransaction()
        throw failure
      }
    }
  }

  /// Does `body` on one state of the database, though others write meanwhile.
  func inReadTransaction(_ body: () throws(Failure) -> Void) throws(Failure) {
    try finish()
    let isOwn = !connection.isInTransaction
    try run(.beginReading)
    defer {
      try? run(.endReading)
      // For want of memory, or by an authorizer, that may not have ended it.
      if isOwn && connection.isInTransaction { undoTransaction() }
    }
    do throws(Failure) {
      try body()
    } catch let failure {
      suspectStatements(failure)
      throw failure
    }
  }

  /// Has statements compiled anew that may do nothing, or read nothing, as long as an authorizer's
  /// answer is in them: SQLite keeps it there when the authorizer is gone.
  func suspectStatements(_ failure: Failure) {
    if failure.code == LEAT_E_UNSUPPORTED || failure.code == LEAT_E_CORRUPT {
      hasSuspectStatements = true
    }
  }

  private func compileSuspects() throws(Failure) {
    guard hasSuspectStatements else { return }
    try prepareToUndo()
    hasSuspectStatements = false
  }

  /// Prepares what ends a transaction: after a failure there may be no memory for it. A PRAGMA makes
  /// SQLite prepare statements again, so this comes after those of opening.
  func prepareToUndo() throws(Failure) {
    dropStatements()
    _ = try statement(.rollback)
    _ = try statement(.endReading)
  }

  /// Ends a transaction that could not be ended for want of memory. Until then nothing may be
  /// written that would seem to be a part of the caller's transaction.
  func finish() throws(Failure) {
    try compileSuspects()
    guard isUnfinished else { return }
    if connection.isInTransaction { try run(.rollback) }
    isUnfinished = false
  }

  /// SQLite ends a transaction by itself after some errors: a full disk, failed I/O.
  func undoTransaction() {
    guard connection.isInTransaction else { return }
    do throws(Failure) {
      try run(.rollback)
    } catch {
      isUnfinished = connection.isInTransaction
    }
  }

  func begin() throws(Failure) {
    try requireWritable()
    try finish()
    if connection.isInTransaction {
      throw Failure(LEAT_E_ARGUMENT, "a transaction is open already on \(connection)")
    }
    try run(.begin)
    do throws(Failure) {
      // The rows that the caller is about to write are to be fenced off as well.
      try requireEpoch()
    } catch let failure {
      suspectStatements(failure)
      undoTransaction()
      throw failure
    }
    began = true
  }

  func commit() throws(Failure) {
    try finish()
    try requireTransaction()
    began = false
    do throws(Failure) {
      // Also of what holds rows of the caller's only.
      try requireEpoch()
      try commitCounted()
    } catch let failure {
      suspectStatements(failure)
      undoTransaction()
      throw failure
    }
  }

  func rollback() throws(Failure) {
    try requireTransaction()
    try compileSuspects()
    try run(.rollback)
    began = false
  }

  private func requireTransaction() throws(Failure) {
    if !connection.isInTransaction {
      throw Failure(LEAT_E_ARGUMENT, "no transaction is open on \(connection)")
    }
  }
}
