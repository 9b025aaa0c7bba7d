// SPDX-License-Identifier: MIT
//
// A prune goes through the streams in the order of their ids, in batches: each is a transaction of
// its own, so that other connections wait for a short time only. In a transaction of the caller's
// all batches are a part of that. Of each stream the newest checkpoint that is whole is kept,
// whatever the options say, unless they say that whole streams may go. A checkpoint of a group needs
// those of its members that it names, however old they are. So groups and their members keep all
// their checkpoints, or go together.

import CLeat
import LeatSupport

extension StoreHandle {
  /// Deletes old checkpoints. `deleted` counts those that are gone, also when this throws.
  func prune(
    _ options: PruneOptions, _ progress: Progress, deleted: inout UInt64
  ) throws(Failure) {
    try requireWritable()
    guard connection.isInTransaction else {
      return try pruneInBatches(options, progress, &deleted) {
        (batch, grouped) throws(Failure) in
        try inWriteTransaction { () throws(Failure) in try prune(&batch, options, grouped) }
      }
    }
    // The caller's transaction gets all of it or nothing.
    var all: UInt64 = 0
    try inWriteTransaction { () throws(Failure) in
      try pruneInBatches(options, progress, &all) {
        (batch, grouped) throws(Failure) in
        try prune(&batch, options, grouped)
      }
    }
    deleted = all
  }

  private func pruneInBatches(
    _ options: PruneOptions, _ progress: Progress, _ deleted: inout UInt64,
    _ pruneBatch: (inout PruneBatch, borrowing NumberSet) throws(Failure) -> Void
  ) throws(Failure) {
    var total: UInt64 = 0
    var grouped = NumberSet()
    try inReadTransaction { () throws(Failure) in
      if progress.isWanted { total = try tables.countStreams() }
      grouped = try tables.groupedStreams()
    }
    var next: Int64? = 1
    var done: UInt64 = 0
    while let first = next {
      var batch = PruneBatch(first: first)
      try pruneBatch(&batch, grouped)
      deleted &+= batch.deleted
      done &+= batch.streams
      next = batch.next
      try progress.report(done, of: max(done, total))
    }
  }

  private func prune(
    _ batch: inout PruneBatch, _ options: PruneOptions, _ grouped: borrowing NumberSet
  ) throws(Failure) {
    try ownership.requireEpoch(tables)
    let rows = try tables.statement(.streams, batch.first)
    var order = RowOrder()
    while try rows.step() {
      let id = try order.next(rows, connection)
      guard id >= batch.first, id <= StreamRow.greatestID else {
        throw explanation.failure(
          LEAT_E_CORRUPT, "leat_stream has an impossible id, in \(connection)")
      }
      // A stream with an impossible name can't be loaded, so it isn't known to be old.
      if let name = try StreamRow.name(rows), let row = try StreamRow(rows, name) {
        if !grouped.contains(UInt64(id)) {
          batch.deleted &+= try prune(row, name, options)
        } else if row.isGroup {
          batch.deleted &+= try pruneGroup(row, name, options)
        }
      }
      batch.streams &+= 1
      if batch.isFull {
        batch.next = id &+ 1
        return
      }
    }
    batch.next = nil
  }

  /// Returns the number of checkpoints that were deleted.
  private func prune(
    _ row: StreamRow, _ name: StreamName, _ options: PruneOptions
  ) throws(Failure) -> UInt64 {
    let ages = try tables.ages(ofStream: row.id)
    if options.dropsStreams, try isOld(row, name, ages, options) {
      try deleteStream(row.id)
      return ages.count
    }
    guard hasOld(ages, options), let kept = try tables.newestWhole(row, name)?.generation else {
      return 0
    }
    var deleted: UInt64 = 0
    var rank = 0
    var newestFirst = ages.generations.newestFirst
    while let generation = newestFirst.next() {
      rank += 1
      let isOld = rank > options.generations || ages.savedAt(generation) < options.savedBefore
      if generation < kept && isOld, try tables.deleteFound(row.id, slot: generation) {
        deleted &+= 1
      }
    }
    return deleted
  }

  /// Deletes a group with its members if it is old and may go.
  private func pruneGroup(
    _ row: StreamRow, _ name: StreamName, _ options: PruneOptions
  ) throws(Failure) -> UInt64 {
    let ages = try tables.ages(ofStream: row.id)
    guard options.dropsStreams, try isOld(row, name, ages, options) else { return 0 }
    let members = try deleteMembers(of: row, name)
    try deleteStream(row.id)
    return ages.count &+ members
  }

  /// Whether the newest checkpoint is known to be old. It isn't if it is damaged, or if leat_stream
  /// doesn't confirm that it is the newest.
  private func isOld(
    _ row: StreamRow, _ name: StreamName, _ ages: StoredAges, _ options: PruneOptions
  ) throws(Failure) -> Bool {
    guard let newest = ages.generations.newest, ages.savedAt(newest) < options.savedBefore,
      row.newest?.generation == newest
    else { return false }
    return try tables.withCheckpoint(row.id, name, generation: newest) {
      guard let found = $0?.whole?.row else { return false }
      return found.generation == newest && found.savedAt < options.savedBefore
    }
  }

  /// Whether any checkpoint but the newest may be deleted.
  private func hasOld(_ ages: StoredAges, _ options: PruneOptions) -> Bool {
    var rank = 0
    var newestFirst = ages.generations.newestFirst
    while let generation = newestFirst.next() {
      rank += 1
      if rank == 1 { continue }
      if rank > options.generations || ages.savedAt(generation) < options.savedBefore {
        return true
      }
    }
    return false
  }
}

/// The streams that are pruned in one transaction.
private struct PruneBatch {
  let first: Int64
  var next: Int64?
  var streams: UInt64 = 0
  var deleted: UInt64 = 0

  init(first: Int64) { self.first = first }

  /// Limits how long other connections wait for the lock.
  var isFull: Bool { streams >= 4096 || deleted >= 4096 }
}
