// SPDX-License-Identifier: MIT
//
// A store keeps checkpoints of streams in an SQLite database. Each folder here knows one thing, and
// uses only folders above it in this list:
//
//     Files        what is at a path, and the system's errors
//     Streams      names, states and fingerprints, by the core's C interface
//     SQLite       all calls of SQLite
//     Memory       the caller's block as SQLite's memory
//     Tables       all SQL and all rows, with their checks
//     Ownership    what keeps a store to one writer, and a commit where it will be found
//     (this)       the handle, its block, and transactions
//     Opening      from a path to a store of this process, and closing it
//     Checkpoints  save, load, list, rename, delete
//     Operations   backup, verify, prune, statistics
//     Autosave     saving on a thread
//     C            the functions of leat_store.h

import CForks
import CLeat
import LeatSupport

/// The handle of a store during one call: the address of its block, and the call's explanation. The
/// block, which outlives the call, has no explanation, and nor has anything in it: each call makes
/// its own handles of what is kept there, so that none can be left over.
@safe struct StoreHandle: ~Copyable {
  private let address: UnsafeMutablePointer<StoreBlock>
  let explanation: Explanation

  /// Takes the caller's pointer.
  init(_ store: OpaquePointer?, _ explanation: Explanation) throws(Failure) {
    let address = try unsafe StoreHandle.address(of: store, explanation)
    if unsafe address.pointee.isInherited {
      throw explanation.failure(
        LEAT_E_ARGUMENT,
        """
        the store is of process \(unsafe address.pointee.process), which opened it, and was used by \
        its child, process \(leat_forks_process())
        """)
    }
    switch unsafe address.pointee.holder {
    case .nobody: break
    case .call:
      throw explanation.failure(
        LEAT_E_ARGUMENT, "the store is in use by a call that is not done, such as leat_store_list")
    case .autosave:
      throw explanation.failure(
        LEAT_E_ARGUMENT, "the store is in use by leat_autosave until it is stopped")
    }
    unsafe self.address = unsafe address
    self.explanation = explanation
  }

  /// Takes a pointer that was checked before, even while the store is held.
  init(held store: OpaquePointer, _ explanation: Explanation) {
    unsafe address = UnsafeMutablePointer<StoreBlock>(store)
    self.explanation = explanation
  }

  /// Makes the block. `free` returns its memory.
  init(making contents: StoreBlock, _ explanation: Explanation) throws(Failure) {
    unsafe address = try SQLiteMemory.allocate(MemoryLayout<StoreBlock>.size, explanation)
      .bindMemory(to: StoreBlock.self, capacity: 1)
    unsafe address.initialize(to: contents)
    unsafe address.pointee.forkWord = leat_forks_make_word()
    self.explanation = explanation
  }

  private static func address(
    of store: OpaquePointer?, _ explanation: Explanation
  ) throws(Failure) -> UnsafeMutablePointer<StoreBlock> {
    guard let store = unsafe store else {
      throw explanation.failure(LEAT_E_ARGUMENT, "store is NULL")
    }
    guard UInt(bitPattern: store) % UInt(MemoryLayout<StoreBlock>.alignment) == 0 else {
      throw explanation.failure(LEAT_E_ARGUMENT, "store is no leat_store: misaligned")
    }
    let address = unsafe UnsafeMutablePointer<StoreBlock>(store)
    guard unsafe address.pointee.magic == StoreBlock.magic else {
      throw explanation.failure(LEAT_E_ARGUMENT, "store is no leat_store, or is closed")
    }
    return unsafe address
  }

  var pointer: OpaquePointer { unsafe OpaquePointer(address) }

  // Safe: the block stays where it is until `free`, and no handle is used after that.

  var block: StoreBlock {
    unsafeAddress { unsafe UnsafePointer(address) }
    nonmutating unsafeMutableAddress { unsafe address }
  }

  var tables: StoreTables {
    unsafe withUnsafeMutablePointer(to: &address.pointee.tables) {
      unsafe StoreTables($0, explanation)
    }
  }

  var ownership: Ownership {
    unsafeAddress { unsafe UnsafePointer(ownershipAddress) }
    nonmutating unsafeMutableAddress { unsafe ownershipAddress }
  }

  private var ownershipAddress: UnsafeMutablePointer<Ownership> {
    unsafe withUnsafeMutablePointer(to: &address.pointee.ownership) { unsafe $0 }
  }

  var connection: Connection { Connection(block.tables.connection, explanation) }
  var options: StoreOptions { block.options }

  /// Whether this process is a child of the process that opened the store.
  var isInherited: Bool { block.isInherited }

  /// Closes a store that this process has by fork(); returns false for a store that it opened.
  /// Nothing of the parent's is changed, neither the database nor the text of the lock file. The
  /// connection's memory and descriptors remain until the process ends: SQLite can't free them
  /// without a change of the memory that it shares with the parent. But the lock's descriptor must
  /// be closed, since it would hold the lock after the parent's death.
  static func closeInherited(
    _ store: OpaquePointer?, _ explanation: Explanation
  ) throws(Failure) -> Bool {
    let address = try unsafe StoreHandle.address(of: store, explanation)
    guard unsafe address.pointee.isInherited else { return false }
    unsafe address.pointee.ownership.lock.closeFile()
    unsafe address.pointee.magic = 0
    return true
  }

  /// A buffer of at least `size` bytes, valid until the next call.
  func buffer(size: Int) throws(Failure) -> UnsafeMutableRawPointer {
    if let buffer = unsafe block.buffer, block.bufferSize >= size { return unsafe buffer }
    let buffer = try unsafe SQLiteMemory.allocate(size, explanation)
    unsafe SQLiteMemory.free(block.buffer)
    unsafe block.buffer = buffer
    block.bufferSize = size
    return unsafe buffer
  }

  /// A buffer for a manifest of at least `count` members. It keeps its contents until a call with
  /// a greater count.
  func groupBuffer(_ count: Int) throws(Failure) -> GroupBuffer {
    if unsafe block.groupMemory == nil || block.groupCapacity < count {
      let memory = try unsafe SQLiteMemory.allocate(GroupManifest.size(count), explanation)
      unsafe SQLiteMemory.free(block.groupMemory)
      unsafe block.groupMemory = memory
      block.groupCapacity = count
    }
    // Safe: there is memory now, for so many members.
    return unsafe GroupBuffer(
      block.groupMemory.unsafelyUnwrapped, capacity: block.groupCapacity, connection.emptyCRC)
  }

  /// Returns all memory but the connection's. The handle must not be used any more.
  func free() {
    tables.finalizeStatements()
    ownership.lock.release()
    tables.kept.recentSaves?.free()
    unsafe SQLiteMemory.free(block.buffer)
    unsafe SQLiteMemory.free(block.groupMemory)
    if let word = unsafe block.forkWord { unsafe leat_forks_free_word(word) }
    block.magic = 0
    unsafe address.deinitialize(count: 1)
    unsafe SQLiteMemory.free(address)
  }

  /// Throws if the store was opened for reading.
  func requireWritable() throws(Failure) {
    if options.isReadOnly {
      throw explanation.failure(
        LEAT_E_READ_ONLY, "the store was opened with READ_ONLY: \(connection)")
    }
  }

  /// Throws if a file that is read as one that never changes did change.
  func requireUnchangedFile() throws(Failure) {
    guard let frozenFile = block.frozenFile else { return }
    if frozenFile == connection.frozenFile { return }
    throw explanation.failure(
      LEAT_E_BUSY,
      "the file has changed since it was opened for reading; open it again: \(connection)")
  }

  /// Runs `body` while calls on the store from the caller's callbacks are refused.
  func refusingCalls(_ body: () throws(Failure) -> Void) throws(Failure) {
    block.holder = .call
    defer { block.holder = .nobody }
    try body()
  }
}
