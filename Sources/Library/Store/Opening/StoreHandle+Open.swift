// SPDX-License-Identifier: MIT
//
// A process becomes a store's writer in these steps. If one fails, everything stays as it was.
// First the files at the store's paths are checked, before anything is opened. Then SQLite opens
// the database, and one read transaction decides whether it is a store, or empty. Only then is the
// lock taken, since that makes a file. The journal mode becomes WAL, and commits durable. Last
// comes the claim: one transaction that makes the tables or brings them up to date, makes sure of
// the lock, and enters a new epoch. A store for reading has no lock and no claim.

import CLeat
import CStoreFiles
import LeatSupport

extension StoreHandle {
  /// Opens a store in a file.
  static func open(
    _ path: FilePath, _ options: StoreOptions, _ explanation: Explanation
  ) throws(Failure) -> OpaquePointer {
    try SQLite.requireVersion(explanation)
    let path = try StorePath(path, explanation)
    try requireStoreFiles(path, explanation)
    if options.isReadOnly { return try unsafe openReadOnly(path, options, explanation) }
    try ReservedNames.requireUnreserved(path, explanation)
    let isAbsent = FileStatus(path.path).isAbsent
    if isAbsent { try Ownership.requireNotLost(path.path, explanation) }
    do throws(Failure) {
      return try unsafe openFile(path, options, explanation)
    } catch let failure {
      guard failure.sqliteCode == SQLite.readOnlyDirectory || isAbsent && failure.code == LEAT_E_IO,
        options.creates || !isAbsent
      else { throw failure }
      let reason = unsafe SystemError(leat_files_create_error(path.path.text))
      if reason.number == 0 { throw failure }
      throw reason.failure("no file can be made in the folder of \(path.path)", explanation)
    }
  }

  private static func openFile(
    _ path: borrowing StorePath, _ options: StoreOptions, _ explanation: Explanation
  ) throws(Failure) -> OpaquePointer {
    let connection = try Connection(
      opening: path, options.creates ? .readWriteCreate : .readWrite, explanation)
    return try unsafe make(StoreBlock(connection, options), connection) { store throws(Failure) in
      try requireNoForeignWAL(connection)
      try connection.protect(busyTimeout: options.busyTimeout)
      // If a file can't be written, SQLite opens it for reading.
      if connection.isReadOnly {
        throw explanation.failure(
          LEAT_E_READ_ONLY, "the file can't be written; READ_ONLY would open it: \(connection)")
      }
      try store.acquireLock()
      try connection.makeDurable()
      try store.claimStore()
    }
  }

  /// Makes a store of the caller's connection.
  static func attach(
    _ database: OpaquePointer, _ options: StoreOptions, _ explanation: Explanation
  ) throws(Failure) -> OpaquePointer {
    try SQLite.requireVersion(explanation)
    let connection = unsafe Connection(attached: database, explanation)
    if connection.isInTransaction {
      throw explanation.failure(LEAT_E_ARGUMENT, "database is inside a transaction: \(connection)")
    }
    if connection.isReadOnly {
      throw explanation.failure(
        LEAT_E_READ_ONLY, "database is open for reading only: \(connection)")
    }
    return try unsafe make(StoreBlock(connection, options), connection) { store throws(Failure) in
      try store.acquireLock()
      try store.claimStore()
    }
  }

  /// Makes the block and runs `open`. If that throws, all is undone.
  static func make(
    _ contents: StoreBlock, _ connection: Connection,
    _ open: (borrowing StoreHandle) throws(Failure) -> Void
  ) throws(Failure) -> OpaquePointer {
    do throws(Failure) {
      let store = try StoreHandle(making: contents, connection.explanation)
      do throws(Failure) {
        try open(store)
        try store.prepareRollback()
        return unsafe store.pointer
      } catch let failure {
        store.free()
        throw failure
      }
    } catch let failure {
      if connection.isOwn {
        // What is refused stays as it is, its "-wal" as well.
        try? Connection(connection.open, .none).keepWALOnClose()
        connection.close()
      }
      throw failure
    }
  }

  private func prepareRollback() throws(Failure) { try tables.prepareRollback() }

  /// Takes the lock of a database that is a store, or may become one.
  private func acquireLock() throws(Failure) {
    try ownership.noteDatabase(connection)
    try requireStoreOrEmpty()
    // Nobody else can open a database that has no file.
    if let path = connection.path {
      try ownership.lock.acquire(path, takesOver: options.takesOver, explanation)
    }
    try ownership.removeTwin(connection)
  }

  private func requireStoreOrEmpty() throws(Failure) {
    // What ends the transaction must be compiled before it begins: if there is no memory for that
    // later, it stays open, and the PRAGMAs are refused inside it.
    try prepareRollback()
    // Another process may be making the tables now, so all of this must read one state.
    try inReadTransaction { () throws(Failure) in
      let version = try Schema.version(in: connection)
      if version == nil, connection.isOwn, let path = connection.path {
        try Ownership.requireNotLost(path, explanation)
      }
    }
  }

  /// Becomes the store's one writer, in one transaction: makes the tables or brings them up to
  /// date, makes sure of the lock, and enters a new epoch.
  private func claimStore() throws(Failure) {
    tables.kept.recentSaves = try RecentSaves(explanation)
    let lastInsertedRow = connection.lastInsertedRow
    defer { connection.lastInsertedRow = lastInsertedRow }
    // The rollback must be compiled before it is needed.
    _ = try tables.statement(.rollback)
    try tables.run(.begin)
    do throws(Failure) {
      // Again, as nobody else can change it now.
      switch try Schema.version(in: connection) {
      case Schema.version: break
      case nil: try Schema.create(in: connection)
      case let older?: try Schema.migrate(from: older, in: connection)
      }
      var witness: CommitCount?
      if let path = connection.path { witness = try ownership.lock.confirm(path, explanation) }
      try ownership.enterEpoch(tables)
      try ownership.compareCommits(with: witness, tables)
      // This commit isn't counted: only a commit of checkpoints shows that a loss is known.
      try tables.run(.commit)
      try ownership.requireFilesInPlace(connection)
    } catch let failure {
      tables.undoTransaction()
      throw failure
    }
  }
}
