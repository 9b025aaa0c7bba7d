// SPDX-License-Identifier: MIT

import CForks

/// Who may have a store to himself, so that calls on it are refused.
enum StoreHolder {
  case nobody
  /// A listing or another long work, whose visitor must not come back in.
  case visitor
  /// The thread of an autosave.
  case autosave
}

/// What the block behind a `leat_store` holds.
@safe struct StoreBlock {
  /// Tells a store from other memory, and is wiped at close.
  var magic: UInt64 = StoreBlock.magic
  var connection: Connection
  /// Whether the connection is Leat's own, to be closed with the store.
  let ownsConnection: Bool
  let options: StoreOptions
  var lock = WriterLock()
  /// The epoch that this writer entered. Another one in the store means that it was replaced.
  var epoch: Int64 = 0
  /// With which contents of the database the epoch was found to be this writer's.
  var checkedContents: UInt32?
  /// The last number given to a commit, or to one that was rolled back.
  var count = CommitCount(store: 0, commits: 0)
  /// Whether the store came back with fewer commits than it had.
  var isBehind = false
  /// The process that opened it. A child that has it by fork() must not use it.
  let process = leat_forks_process()
  /// Which files it writes to.
  var files = StoreFiles()
  /// What the file looked like, if it's read as one that never changes.
  let frozen: FrozenFile?
  /// Whether `leat_store_begin` began the transaction that is open.
  var began = false
  /// Whether a transaction of Leat's own is open still, for want of memory to end it.
  var isUnfinished = false
  /// Who has the store to himself just now, whatever the caller asks.
  var holder = StoreHolder.nobody
  /// Whether the index of names was found to have them all.
  var hasAllNames = false
  /// Whether damage was seen since the store was opened. What one save writes to pages that don't fit
  /// together can hide what another wrote, so that every save then reads back.
  var hasSeenDamage = false
  /// By `Query`, which has fewer cases than this.
  var statements: InlineArray<32, OpaquePointer?>
  /// Whether one of them may have been compiled to what it should not do, so that all are to be
  /// compiled anew.
  var hasSuspectStatements = false
  /// Those of them that are proven, a bit each: `isProven`.
  var provenQueries: UInt32 = 0
  /// nil for a store that is only looked at.
  var recentSaves: RecentSaves?
  /// Where states are laid out on their way into the database.
  var buffer: UnsafeMutableRawPointer?
  var bufferSize = 0

  init(
    _ connection: Connection, isOwn: Bool, _ options: StoreOptions, frozen: FrozenFile? = nil
  ) {
    self.connection = connection
    ownsConnection = isOwn
    self.options = options
    self.frozen = frozen
    unsafe statements = InlineArray(repeating: nil)
  }

  static let magic: UInt64 = 0x4c65_6174_5374_6f72  // "LeatStor"
}
