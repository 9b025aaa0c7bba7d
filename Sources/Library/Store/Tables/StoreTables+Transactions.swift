// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

extension StoreTables {
  /// Runs a statement that begins or ends a transaction, and checks that it did. If a transaction
  /// could not be begun, none is left open.
  func run(_ query: Query) throws(Failure) {
    let wasOpen = connection.isInTransaction
    do throws(Failure) {
      try statement(query).run()
      if let isOpen = query.leavesTransaction, isOpen != connection.isInTransaction {
        let state: StaticString = isOpen ? "no transaction is open" : "a transaction is still open"
        throw explanation.failure(
          LEAT_E_UNSUPPORTED,
          "\(state) after \(query.sql), by an authorizer that answers SQLITE_IGNORE: \(connection)")
      }
    } catch let failure {
      noteFailure(failure)
      // A progress handler can interrupt a statement after it has begun a transaction.
      if !wasOpen { undoTransaction() }
      throw failure
    }
  }

  /// Rolls back the open transaction, if SQLite hasn't already, as it does when the disk is full or
  /// after failed I/O. The failure before it stays the one that is reported.
  func undoTransaction() {
    guard connection.isInTransaction else { return }
    do throws(Failure) {
      try unexplained.run(.rollback)
    } catch {
      kept.isUnfinished = connection.isInTransaction
    }
  }

  /// Has the statements compiled again after a failure that an authorizer's answer may have caused:
  /// SQLite keeps the answer in the statement, even when the authorizer is gone.
  func noteFailure(_ failure: Failure) {
    if failure.code == LEAT_E_UNSUPPORTED || failure.code == LEAT_E_CORRUPT {
      kept.mustRecompile = true
    }
  }

  /// Repairs what an earlier failure left. A transaction that could not be ended must end before
  /// anything is written, as that would seem to belong to the caller's transaction.
  func recover() throws(Failure) {
    try recompile()
    guard kept.isUnfinished else { return }
    if connection.isInTransaction { try run(.rollback) }
    kept.isUnfinished = false
  }

  func recompile() throws(Failure) {
    guard kept.mustRecompile else { return }
    try prepareRollback()
    kept.mustRecompile = false
  }

  /// Compiles what ends a transaction, as after a failure there may be no memory for it. All other
  /// statements are finalised: those of opening are needed once, and SQLite would compile them
  /// again, because of the PRAGMAs.
  func prepareRollback() throws(Failure) {
    finalizeStatements()
    _ = try statement(.rollback)
    _ = try statement(.endReading)
  }
}
