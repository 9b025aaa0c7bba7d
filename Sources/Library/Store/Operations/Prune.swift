// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

extension StoreHandle {
  /// Deletes old checkpoints. `deleted` counts those that are gone, also when it throws.
  func prune(
    _ options: PruneOptions, _ progress: Progress, deleted: inout UInt64
  ) throws(Failure) {
    try requireWritable()
    guard connection.isInTransaction else {
      return try pruneInBatches(options, progress, &deleted) { batch throws(Failure) in
        try inWriteTransaction { () throws(Failure) in try prune(&batch, options) }
      }
    }
    // A part of the caller's transaction stands whole or not at all.
    var all: UInt64 = 0
    try inWriteTransaction { () throws(Failure) in
      try pruneInBatches(options, progress, &all) { batch throws(Failure) in
        try prune(&batch, options)
      }
    }
    deleted = all
  }

  private func pruneInBatches(
    _ options: PruneOptions, _ progress: Progress, _ deleted: inout UInt64,
    _ pruneBatch: (inout PruneBatch) throws(Failure) -> Void
  ) throws(Failure) {
    var total: UInt64 = 0
    if progress.isWanted {
      try inReadTransaction { () throws(Failure) in
        total = try count("SELECT id FROM main.leat_stream ORDER BY id")
      }
    }
    var next: Int64? = 1
    var done: UInt64 = 0
    while let first = next {
      var batch = PruneBatch(first: first)
      try pruneBatch(&batch)
      deleted &+= batch.deleted
      done &+= batch.streams
      next = batch.next
      try progress.report(done, of: max(done, total))
    }
  }

  private func prune(_ batch: inout PruneBatch, _ options: PruneOptions) throws(Failure) {
    try requireEpoch()
    let rows = try statement(.streams)
    try rows.bind(1, batch.first)
    var order = RowOrder()
    while try rows.step() {
      let id = try order.next(rows, connection)
      guard id >= batch.first, id <= StreamRow.greatestID else {
        throw Failure(LEAT_E_CORRUPT, "leat_stream has an impossible id, in \(connection)")
      }
      // What bears an impossible name can't be loaded; whether it's old can't be told.
      if let bytes = try rows.text(5), let name = StreamName(found: bytes),
        let row = try StreamRow(rows, name)
      {
        batch.deleted &+= try prune(row, name, options)
      }
      batch.streams &+= 1
      if batch.isFull {
        batch.next = id &+ 1
        return
      }
    }
    batch.next = nil
  }

  /// Returns the number of checkpoints that went.
  private func prune(
    _ row: StreamRow, _ name: StreamName, _ options: PruneOptions
  ) throws(Failure) -> UInt64 {
    let ages = try ages(row.id)
    if options.dropsStreams, ages.newest.map({ ages.savedAt($0) < options.savedBefore }) == true,
      try isOld(row, name, ages, options)
    {
      try deleteStream(row.id)
      return ages.count
    }
    guard ages.hasOld(options), let kept = try newestWhole(row, name)?.generation else { return 0 }
    var deleted: UInt64 = 0
    var rank = 0
    var bound = Int64.max
    while let generation = ages.newest(upTo: bound) {
      bound = generation - 1
      rank += 1
      let isOld = rank > options.generations || ages.savedAt(generation) < options.savedBefore
      if generation < kept && isOld, try deleteKnown(row.id, slot: generation) { deleted &+= 1 }
    }
    return deleted
  }

  private func ages(_ stream: Int64) throws(Failure) -> Ages {
    var ages = Ages()
    let rows = try statement(.ages)
    try rows.bind(1, StreamRow.slot(stream, 0))
    var order = RowOrder()
    while try rows.step() {
      let id = try order.next(rows, connection)
      ages.note(stream, id, generation: rows.integer(1), savedAt: rows.integer(2))
    }
    return ages
  }

  /// Whether the newest checkpoint is known to be old: nobody can tell of one that isn't whole, or
  /// that leat_stream doesn't confirm to be the newest.
  private func isOld(
    _ row: StreamRow, _ name: StreamName, _ ages: Ages, _ options: PruneOptions
  ) throws(Failure) -> Bool {
    guard let newest = ages.newest, row.newest?.generation == newest else { return false }
    return try withCheckpoint(row.id, name, generation: newest) {
      guard let found = $0?.whole?.row else { return false }
      return found.generation == newest && found.savedAt < options.savedBefore
    }
  }
}

/// The streams that are pruned in one transaction.
private struct PruneBatch {
  let first: Int64
  var next: Int64?
  var streams: UInt64 = 0
  var deleted: UInt64 = 0

  init(first: Int64) { self.first = first }

  /// Other connections wait for the lock so long.
  var isFull: Bool { streams >= 4096 || deleted >= 4096 }
}

/// When each checkpoint of a stream was saved, by what their rows say. One that stands in another's
/// slot doesn't count.
private struct Ages {
  private var generations = InlineArray<64, Int64>(repeating: 0)
  private var times = InlineArray<64, Int64>(repeating: 0)
  /// Of all rows.
  private(set) var count: UInt64 = 0

  mutating func note(_ stream: Int64, _ id: Int64, generation: Int64?, savedAt: Int64?) {
    count &+= 1
    guard let generation, generation > 0, let savedAt,
      StreamRow.slot(stream, generation) == id
    else { return }
    // Safe: the index is masked to the arrays' 64 entries.
    let slot = Int(truncatingIfNeeded: id & 63)
    generations[slot] = generation
    times[slot] = savedAt
  }

  func savedAt(_ generation: Int64) -> Int64 {
    times.span[Int(truncatingIfNeeded: generation & 63)]
  }

  var newest: Int64? { newest(upTo: .max) }

  func newest(upTo bound: Int64) -> Int64? {
    // A span, as each look into an InlineArray may copy all of it.
    let generations = generations.span
    var newest: Int64 = 0
    for slot in 0..<64 where generations[slot] <= bound { newest = max(newest, generations[slot]) }
    return newest == 0 ? nil : newest
  }

  /// Whether anything but the newest might go.
  func hasOld(_ options: PruneOptions) -> Bool {
    let generations = generations.span
    let times = times.span
    let newest = newest ?? 0
    var others = 0
    var areOld = false
    for slot in 0..<64 where generations[slot] != 0 && generations[slot] != newest {
      others += 1
      areOld = areOld || times[slot] < options.savedBefore
    }
    return areOld || others >= options.generations
  }
}
