// SPDX-License-Identifier: MIT

import Leat

/// Reads a store again and again, also when its file is removed and comes back.
struct StoreWatcher {
  let path: String
  private var opened: (store: Store, file: FileIdentity)?
  private var last: [String: LastCheckpoint] = [:]
  private var commits: (count: UInt64, time: Int64)?

  /// A stream's checkpoint in the last snapshot, and the rate then.
  private struct LastCheckpoint {
    let position: UInt64
    let savedAt: Int64
    let rate: Double?
  }

  init(path: String) { self.path = path }

  /// - Throws: when the store can't be read; the next call opens it again
  mutating func snapshot() throws -> StoreSnapshot {
    do {
      return try read()
    } catch {
      (opened, last, commits) = (nil, [:], nil)
      throw error
    }
  }

  private mutating func read() throws -> StoreSnapshot {
    // The path is watched, not the file: a file that was moved or replaced is closed.
    let file = FileIdentity(path)
    if let opened, opened.file != file { (self.opened, last, commits) = (nil, [:], nil) }
    if opened == nil { opened = (try Store.opened(path, for: .readOnly), file) }
    guard let store = opened?.store else { throw ToolError(.software, "no store: \(path)") }
    let entries = try store.streams()
    let totals = StoreReport(try store.statistics())
    let now = Clock.milliseconds
    var next: [String: LastCheckpoint] = [:]
    next.reserveCapacity(entries.count)
    let streams = entries.map { entry in
      let rate = rate(of: entry)
      next[entry.name] = LastCheckpoint(
        position: entry.position, savedAt: entry.savedAt, rate: rate)
      return StoreSnapshot.Stream(entry: entry, rate: rate)
    }
    last = next
    let perSecond = commits.flatMap { before in
      now > before.time && totals.commits >= before.count
        ? Double(totals.commits - before.count) * 1000 / Double(now - before.time) : nil
    }
    commits = (totals.commits, now)
    return StoreSnapshot(
      time: now, streams: streams, totals: totals, commitsPerSecond: perSecond,
      writer: Store.printableWriter(of: path))
  }

  private func rate(of entry: Store.Entry) -> Double? {
    guard let before = last[entry.name] else { return nil }
    if entry.savedAt == before.savedAt && entry.position == before.position { return before.rate }
    // After a rewind, or when the clock was set back, there is no rate.
    guard entry.savedAt > before.savedAt, entry.position >= before.position else { return nil }
    return Double(entry.position - before.position)
      / Age(of: before.savedAt, at: entry.savedAt).seconds
  }
}
