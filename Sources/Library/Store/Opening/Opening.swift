// SPDX-License-Identifier: MIT

import CLeat
import CSQLite
import CStoreFiles
import LeatSupport

extension StoreHandle {
  /// Opens a store of its own file.
  static func open(
    _ path: UnsafePointer<CChar>, _ options: StoreOptions
  ) throws(Failure) -> OpaquePointer {
    try requireSQLiteVersion()
    let path = try unsafe StorePath(path)
    try FileLook.requireFiles(ofStore: path)
    if options.isReadOnly { return try unsafe openReadOnly(path, options) }
    try ReservedNames.requireNone(path)
    let isAbsent = unsafe FileLook(path.text).isNone
    if isAbsent { try unsafe requireNotLost(path.text) }
    do throws(Failure) {
      return try unsafe openFile(path, options)
    } catch let failure {
      guard failure.sqliteCode == folderIsReadOnly || isAbsent && failure.code == LEAT_E_IO,
        options.creates || !isAbsent
      else { throw failure }
      let reason = unsafe SystemError(leat_files_why_not_made(path.text))
      if reason.number == 0 { throw failure }
      throw unsafe Failure(
        reason.code, "\(reason): no file can be made in the folder of '\(text: path.text)'")
    }
  }

  private static func openFile(
    _ path: borrowing StorePath, _ options: StoreOptions
  ) throws(Failure) -> OpaquePointer {
    let connection = try Connection(
      opening: path, flags: SQLITE_OPEN_READWRITE | (options.creates ? SQLITE_OPEN_CREATE : 0))
    let block = StoreBlock(connection, isOwn: true, options)
    return try unsafe start(block) { store throws(Failure) in
      try requireFileOfLog(connection)
      try connection.secure(options)
      // SQLite opens a file that can't be written as a read-only one.
      if connection.isReadOnly {
        throw Failure(
          LEAT_E_READ_ONLY, "the file can't be written; READ_ONLY would open it: \(connection)")
      }
      try store.noteDatabaseFile()
      try store.look()
      try store.acquireLock()
      try store.removeTwin()
      try connection.makeDurable()
      try store.claim()
    }
  }

  /// Makes a store of the caller's connection.
  static func attach(
    _ database: OpaquePointer, _ options: StoreOptions
  ) throws(Failure) -> OpaquePointer {
    try requireSQLiteVersion()
    let connection = unsafe Connection(database)
    if connection.isInTransaction {
      throw Failure(LEAT_E_ARGUMENT, "database is inside a transaction: \(connection)")
    }
    if connection.isReadOnly {
      throw Failure(LEAT_E_READ_ONLY, "database is open for reading only: \(connection)")
    }
    let block = StoreBlock(connection, isOwn: false, options)
    return try unsafe start(block) { store throws(Failure) in
      try store.noteDatabaseFile()
      try store.look()
      try store.acquireLock()
      try store.removeTwin()
      try store.claim()
    }
  }

  /// Makes the block, and undoes all if the rest of opening throws.
  static func start(
    _ contents: StoreBlock, _ rest: (borrowing StoreHandle) throws(Failure) -> Void
  ) throws(Failure) -> OpaquePointer {
    do throws(Failure) {
      let store = try StoreHandle(making: contents)
      do throws(Failure) {
        try rest(store)
        try store.prepareToUndo()
        return unsafe store.pointer
      } catch let failure {
        store.free()
        throw failure
      }
    } catch let failure {
      if contents.ownsConnection {
        // What is refused stays as it is, its "-wal" as well.
        try? contents.connection.keepLog()
        contents.connection.close()
      }
      throw failure
    }
  }

  /// A look before anything is changed, so that what is no store stays as it is.
  private func look() throws(Failure) {
    // Another process may be making the tables just now, so it's one look at one state.
    try inReadTransaction { () throws(Failure) in
      let version = try Schema.version(in: connection, isOwn: ownsConnection)
      if version == nil, ownsConnection, let path = unsafe connection.path {
        try unsafe requireNotLost(path)
      }
    }
  }

  private func acquireLock() throws(Failure) {
    // Nobody else can open a database that has no file.
    guard let path = unsafe connection.path else { return }
    try unsafe lock.acquire(path, takesOver: options.takesOver)
  }

  /// Becomes the one writer: makes the tables where there are none, brings old ones up to date, and
  /// enters a new epoch.
  private func claim() throws(Failure) {
    recentSaves = try RecentSaves()
    let lastInsertedRow = connection.lastInsertedRow
    defer { connection.lastInsertedRow = lastInsertedRow }
    // What rolls back has to be there before it's needed.
    _ = try statement(.rollback)
    try run(.begin)
    do throws(Failure) {
      // Again, now that nobody else can change it.
      switch try Schema.version(in: connection, isOwn: ownsConnection) {
      case Schema.version: break
      case nil: try Schema.create(in: connection, isOwn: ownsConnection)
      default: try Schema.migrate(in: connection, isOwn: ownsConnection)
      }
      var witness: CommitCount?
      if let path = unsafe connection.path { witness = try unsafe lock.settle(path) }
      try enterEpoch()
      try compare(with: witness)
      // Not counted: only a commit of checkpoints tells that what is missing is known to be.
      try run(.commit)
      try requireFilesInPlace()
    } catch let failure {
      undoTransaction()
      throw failure
    }
  }

  /// Closes the store, and its connection if that is its own.
  func close() throws(Failure) {
    let connection = connection
    guard ownsConnection else {
      if began && connection.isInTransaction { try? run(.rollback) }
      free()
      return
    }
    let isInPlace = areFilesInPlace
    if !isInPlace { try connection.keepLog() }
    let mayCheckpoint =
      (isInPlace || isOnlyLogGone) && !options.isReadOnly && !connection.isInTransaction
      && !isFenced()
    dropStatements()
    if connection.hasOpenStatements {
      throw Failure(
        LEAT_E_BUSY, "statements on leat_store_database() are not finalised: \(connection)")
    }
    if mayCheckpoint {
      // Only a kindness to whoever reads the file alone: what was committed is safe in the -wal,
      // and closing checkpoints as well where this is the last connection. So it neither waits for
      // readers nor reports.
      connection.setBusyTimeout(milliseconds: 0)
      connection.checkpoint()
    }
    // An open transaction is rolled back by this.
    if !connection.close() {
      connection.setBusyTimeout(milliseconds: options.busyTimeout)
      throw Failure(LEAT_E_BUSY, "a backup of leat_store_database() is not finished: \(connection)")
    }
    free()
  }
}

extension Connection {
  /// What a connection of Leat's own needs against damaged and hostile files.
  func secure(_ options: StoreOptions) throws(Failure) {
    setBusyTimeout(milliseconds: options.busyTimeout)
    try setDefensive()
    try execute("PRAGMA trusted_schema = OFF")
    try execute("PRAGMA cell_size_check = ON")
    try execute("PRAGMA mmap_size = 0")
  }

  /// What makes a commit last, read back: an SQLite or a file system that can't do it must not
  /// look as though it could.
  fileprivate func makeDurable() throws(Failure) {
    // For the one commit that makes the mode WAL, with a rollback journal: that its deletion lasts.
    try execute("PRAGMA main.synchronous = EXTRA")
    let mode = try Statement(self, "PRAGMA main.journal_mode = WAL", kept: false)
    guard try mode.step(), let found = try mode.text(0), found == "wal" else {
      throw Failure(
        LEAT_E_UNSUPPORTED, "journal_mode did not become WAL, which needs a local file: \(self)")
    }
    // The row comes before the change is committed; that can fail yet.
    while try mode.step() {}
    try execute("PRAGMA main.synchronous = FULL")
    let synchronous = try number("PRAGMA main.synchronous")
    if synchronous != 2 {
      throw Failure(LEAT_E_UNSUPPORTED, "synchronous is \(synchronous), not FULL, 2: \(self)")
    }
    // The -wal is copied into the file at 4 MB, and kept no larger than twice that.
    try execute("PRAGMA main.wal_autocheckpoint = 1000")
    try execute("PRAGMA main.journal_size_limit = 8388608")
  }
}

/// SQLITE_READONLY_DIRECTORY: a macro with a shift in it isn't imported.
private let folderIsReadOnly = SQLITE_READONLY | 6 << 8
