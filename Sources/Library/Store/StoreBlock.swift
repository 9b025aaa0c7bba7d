// SPDX-License-Identifier: MIT

import CForks

/// Who has a store to itself, so that calls on it are refused.
enum StoreHolder {
  case nobody
  /// A long call such as a listing, whose callback must not call back into the store.
  case call
  /// The thread of an autosave.
  case autosave
}

/// The contents of the memory that a `leat_store` points to.
@safe struct StoreBlock {
  /// Distinguishes a store from other memory. Cleared at close.
  var magic: UInt64 = StoreBlock.magic
  let options: StoreOptions
  /// The process that opened it. A child that has it by fork() must not use it.
  let process = leat_forks_process()
  /// A word that tells such a child without a system call, if there is memory for it.
  var forkWord: UnsafeMutablePointer<UInt64>?
  var holder = StoreHolder.nobody
  /// The file as it was when it was opened, if it is read as one that never changes.
  let frozenFile: FileStamp?
  var tables: KeptTables
  var ownership = Ownership()
  /// Whether `leat_store_begin` began the open transaction.
  var hasBegun = false
  /// Where states are written before they go into the database.
  var buffer: UnsafeMutableRawPointer?
  var bufferSize = 0
  /// Where a group's manifest is read and written.
  var groupMemory: UnsafeMutableRawPointer?
  /// Members.
  var groupCapacity = 0

  init(_ connection: Connection, _ options: StoreOptions, frozenFile: FileStamp? = nil) {
    self.options = options
    self.frozenFile = frozenFile
    tables = KeptTables(connection.open)
  }

  /// Whether this process is a child of the process that opened the store.
  var isInherited: Bool {
    switch unsafe forkWord?.pointee {
    case 0: true
    case 1: false
    default: process != leat_forks_process()
    }
  }

  static let magic: UInt64 = 0x4c65_6174_5374_6f72  // "LeatStor"
}
