// SPDX-License-Identifier: MIT

import Glibc

/// Looks at a store again and again, also when it goes away and comes back.
struct StoreWatcher {
  let path: String
  private var opened: (store: Store, file: FileIdentity)?
  private var before: [String: Seen] = [:]
  private var commits: (count: UInt64, time: Int64)?

  /// A stream's checkpoint as it was, and the rate that the one before made of it.
  private struct Seen {
    let position: UInt64
    let savedAt: Int64
    let rate: Double?
  }

  init(path: String) { self.path = path }

  /// - Throws: when there is no store to look at now; the next look opens it anew
  mutating func look() throws -> StoreLook {
    do {
      return try lookAtOpened()
    } catch {
      (opened, before, commits) = (nil, [:], nil)
      throw error
    }
  }

  private mutating func lookAtOpened() throws -> StoreLook {
    // A file that was moved or replaced stays open under no name: it's this name that is watched.
    let file = FileIdentity(path)
    if let opened, opened.file != file { (self.opened, before, commits) = (nil, [:], nil) }
    if opened == nil { opened = (try Store(path: path, for: .look), file) }
    guard let store = opened?.store else { throw ToolError(.software, "no store: \(path)") }
    var entries: [Store.Entry] = []
    try store.list { entry in
      entries.append(entry)
      return true
    }
    let totals = StoreReport(try store.statistics())
    let now = Clock.milliseconds
    var after: [String: Seen] = [:]
    after.reserveCapacity(entries.count)
    let streams = entries.map { entry in
      let rate = rate(of: entry)
      after[entry.name] = Seen(position: entry.position, savedAt: entry.savedAt, rate: rate)
      return StoreLook.Stream(entry: entry, rate: rate)
    }
    before = after
    let perSecond = commits.flatMap { last in
      now > last.time && totals.commits >= last.count
        ? Double(totals.commits - last.count) * 1000 / Double(now - last.time) : nil
    }
    commits = (totals.commits, now)
    return StoreLook(
      time: now, streams: streams, totals: totals, commitsPerSecond: perSecond,
      writer: StoreLock(besides: path)?.text)
  }

  private func rate(of entry: Store.Entry) -> Double? {
    guard let last = before[entry.name] else { return nil }
    if entry.savedAt == last.savedAt && entry.position == last.position { return last.rate }
    // After a rewind, or with a clock that was set back, there is none.
    guard entry.savedAt > last.savedAt, entry.position >= last.position else { return nil }
    return Double(entry.position - last.position)
      / Age(of: last.savedAt, at: entry.savedAt).seconds
  }
}
