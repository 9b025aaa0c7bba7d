// SPDX-License-Identifier: MIT

import CForks
import CLeat
import LeatSupport

/// The handle of a store: its block's address, and nothing else.
@safe struct StoreHandle: ~Copyable {
  private let block: UnsafeMutablePointer<StoreBlock>

  /// Takes the caller's pointer.
  init(_ store: OpaquePointer?) throws(Failure) {
    let block = try unsafe StoreHandle.block(of: store)
    if unsafe StoreHandle.isInherited(block) {
      throw Failure(
        LEAT_E_ARGUMENT,
        """
        the store is of process \(unsafe block.pointee.process), which opened it, and was used by \
        its child, process \(leat_forks_process())
        """)
    }
    switch unsafe block.pointee.holder {
    case .nobody: break
    case .visitor:
      throw Failure(
        LEAT_E_ARGUMENT, "the store is in use by a call that is not done, such as leat_store_list")
    case .autosave:
      throw Failure(LEAT_E_ARGUMENT, "the store is in use by leat_autosave until it is stopped")
    }
    unsafe self.block = unsafe block
  }

  private static func block(
    of store: OpaquePointer?
  ) throws(Failure) -> UnsafeMutablePointer<StoreBlock> {
    guard let store = unsafe store else { throw Failure(LEAT_E_ARGUMENT, "store is NULL") }
    let address = UInt(bitPattern: store)
    guard address % UInt(MemoryLayout<StoreBlock>.alignment) == 0 else {
      throw Failure(LEAT_E_ARGUMENT, "store is no leat_store: misaligned")
    }
    let block = unsafe UnsafeMutablePointer<StoreBlock>(store)
    guard unsafe block.pointee.magic == StoreBlock.magic else {
      throw Failure(LEAT_E_ARGUMENT, "store is no leat_store, or is closed")
    }
    return unsafe block
  }

  /// Whether this is a child of the process that opened the store.
  var isInherited: Bool { unsafe StoreHandle.isInherited(block) }

  private static func isInherited(_ block: UnsafeMutablePointer<StoreBlock>) -> Bool {
    unsafe block.pointee.process != leat_forks_process()
  }

  /// Gives up a store that this process has by fork(), and says whether it is one. Nothing of the
  /// parent's is touched: neither the database nor the text of the lock. The connection's memory and
  /// descriptors stay until the process ends, as SQLite has no way to give them back without a change
  /// of the memory that it shares with the parent. The lock's descriptor goes: it would hold the lock
  /// after the parent's death.
  static func abandonInherited(_ store: OpaquePointer?) throws(Failure) -> Bool {
    let block = try unsafe StoreHandle.block(of: store)
    guard unsafe isInherited(block) else { return false }
    unsafe block.pointee.lock.abandon()
    unsafe block.pointee.magic = 0
    return true
  }

  /// Takes a pointer that was checked before and is known to be live, whoever holds the store.
  init(held store: OpaquePointer) {
    unsafe block = UnsafeMutablePointer<StoreBlock>(store)
  }

  /// Makes a store's block. `free` gives it back.
  init(making contents: StoreBlock) throws(Failure) {
    unsafe block = try SQLiteMemory.allocate(MemoryLayout<StoreBlock>.size)
      .bindMemory(to: StoreBlock.self, capacity: 1)
    unsafe block.initialize(to: contents)
  }

  var pointer: OpaquePointer { unsafe OpaquePointer(block) }

  var connection: Connection { unsafe block.pointee.connection }
  var ownsConnection: Bool { unsafe block.pointee.ownsConnection }
  var options: StoreOptions { unsafe block.pointee.options }
  var lock: WriterLock {
    get { unsafe block.pointee.lock }
    nonmutating set { unsafe block.pointee.lock = newValue }
  }
  var epoch: Int64 {
    get { unsafe block.pointee.epoch }
    nonmutating set { unsafe block.pointee.epoch = newValue }
  }
  var checkedContents: UInt32? {
    get { unsafe block.pointee.checkedContents }
    nonmutating set { unsafe block.pointee.checkedContents = newValue }
  }
  var count: CommitCount {
    get { unsafe block.pointee.count }
    nonmutating set { unsafe block.pointee.count = newValue }
  }
  var isBehind: Bool {
    get { unsafe block.pointee.isBehind }
    nonmutating set { unsafe block.pointee.isBehind = newValue }
  }
  var recentSaves: RecentSaves? {
    get { unsafe block.pointee.recentSaves }
    nonmutating set { unsafe block.pointee.recentSaves = newValue }
  }
  var files: StoreFiles {
    get { unsafe block.pointee.files }
    nonmutating set { unsafe block.pointee.files = newValue }
  }
  var frozen: FrozenFile? { unsafe block.pointee.frozen }
  var hasAllNames: Bool {
    get { unsafe block.pointee.hasAllNames }
    nonmutating set { unsafe block.pointee.hasAllNames = newValue }
  }
  var hasSeenDamage: Bool {
    get { unsafe block.pointee.hasSeenDamage }
    nonmutating set { unsafe block.pointee.hasSeenDamage = newValue }
  }
  var hasSuspectStatements: Bool {
    get { unsafe block.pointee.hasSuspectStatements }
    nonmutating set { unsafe block.pointee.hasSuspectStatements = newValue }
  }
  var provenQueries: UInt32 {
    get { unsafe block.pointee.provenQueries }
    nonmutating set { unsafe block.pointee.provenQueries = newValue }
  }
  var began: Bool {
    get { unsafe block.pointee.began }
    nonmutating set { unsafe block.pointee.began = newValue }
  }
  var isUnfinished: Bool {
    get { unsafe block.pointee.isUnfinished }
    nonmutating set { unsafe block.pointee.isUnfinished = newValue }
  }
  var holder: StoreHolder {
    get { unsafe block.pointee.holder }
    nonmutating set { unsafe block.pointee.holder = newValue }
  }

  /// A statement, prepared at its first use and kept until close.
  func statement(_ query: Query) throws(Failure) -> Statement {
    assert(query.rawValue < 32)
    if let prepared = unsafe block.pointee.statements[query.rawValue] {
      return unsafe Statement(connection, prepared, kept: true)
    }
    let statement = try Statement(connection, query.sql, kept: true)
    unsafe block.pointee.statements[query.rawValue] = statement.pointer
    return statement
  }

  /// Runs a statement that begins or ends a transaction, and sees to it that this is done; or, where
  /// one can't be begun, that none is open.
  func run(_ query: Query) throws(Failure) {
    let wasOpen = connection.isInTransaction
    do throws(Failure) {
      try statement(query).run()
      if let isOpen = query.leavesTransaction, isOpen != connection.isInTransaction {
        let state: StaticString = isOpen ? "no transaction is open" : "a transaction is still open"
        throw Failure(
          LEAT_E_UNSUPPORTED,
          "\(state) after \(query.sql), by an authorizer that answers SQLITE_IGNORE: \(connection)")
      }
    } catch let failure {
      // A progress handler can interrupt a statement that has begun one already.
      suspectStatements(failure)
      if !wasOpen { undoTransaction() }
      throw failure
    }
  }

  /// Whether a statement has been compiled anew since this was last asked.
  func wasCompiledAnew(_ query: Query) -> Bool {
    guard let prepared = unsafe block.pointee.statements[query.rawValue] else { return false }
    return unsafe Statement.wasCompiledAnew(prepared)
  }

  /// Finalises the statements. Those that are needed again are prepared again.
  func dropStatements() {
    for index in unsafe block.pointee.statements.indices {
      guard let prepared = unsafe block.pointee.statements[index] else { continue }
      unsafe Statement.finalize(prepared)
      unsafe block.pointee.statements[index] = nil
    }
    provenQueries = 0
  }

  /// A buffer of at least `size` bytes, valid until the next call.
  func buffer(size: Int) throws(Failure) -> UnsafeMutableRawPointer {
    if let buffer = unsafe block.pointee.buffer, unsafe block.pointee.bufferSize >= size {
      return unsafe buffer
    }
    let buffer = try unsafe SQLiteMemory.allocate(size)
    unsafe SQLiteMemory.free(block.pointee.buffer)
    unsafe block.pointee.buffer = buffer
    unsafe block.pointee.bufferSize = size
    return unsafe buffer
  }

  /// Gives back all but the connection. The handle and its pointer are of no use any more.
  func free() {
    dropStatements()
    lock.release()
    recentSaves?.free()
    unsafe SQLiteMemory.free(block.pointee.buffer)
    unsafe block.pointee.magic = 0
    unsafe block.deinitialize(count: 1)
    unsafe SQLiteMemory.free(block)
  }

  /// Throws where a call that writes is refused from the start.
  func requireWritable() throws(Failure) {
    if options.isReadOnly {
      throw Failure(LEAT_E_READ_ONLY, "the store was opened with READ_ONLY: \(connection)")
    }
  }
}
