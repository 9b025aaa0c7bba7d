// SPDX-License-Identifier: MIT

import CLeatStore

struct StoreReport: FileReport {
  let kind = "store"
  let version: UInt32
  let streams, checkpoints, stateBytes, cursorBytes: UInt64
  /// Unix time in milliseconds; nil when there is no checkpoint.
  let oldestMs, newestMs: Int64?
  let fileBytes, freeBytes, walBytes, commits, epoch: UInt64
  let isBehind: Bool

  init(path: String) throws { self.init(try Store(path: path, for: .look).statistics()) }

  init(_ figures: leat_store_statistics_t) {
    version = figures.version
    (streams, checkpoints) = (figures.streams, figures.checkpoints)
    (stateBytes, cursorBytes) = (figures.state_bytes, figures.cursor_bytes)
    oldestMs = checkpoints > 0 ? figures.oldest_ms : nil
    newestMs = checkpoints > 0 ? figures.newest_ms : nil
    (fileBytes, freeBytes) = (figures.file_bytes, figures.free_bytes)
    (walBytes, commits, epoch) = (figures.wal_bytes, figures.commits, figures.epoch)
    isBehind = figures.is_behind != 0
  }

  var lines: [(String, String)] {
    var lines = [
      ("streams", Figures.grouped(streams)),
      ("checkpoints", Figures.grouped(checkpoints)),
      ("states", "\(Figures.grouped(stateBytes)) bytes, cursors \(Figures.grouped(cursorBytes))"),
      ("file", "\(Figures.bytes(fileBytes)), of which \(Figures.bytes(freeBytes)) are free"),
      ("-wal", Figures.bytes(walBytes)),
      ("commits", "\(Figures.grouped(commits)), by \(Figures.grouped(epoch)) writers"),
      ("tables", "version \(version)"),
    ]
    if let oldestMs, let newestMs {
      lines.append(("oldest save", text(oldestMs)))
      lines.append(("newest save", text(newestMs)))
    }
    if isBehind {
      lines.append(
        ("BEHIND", "the store is older than what it acknowledged: see leat doctor"))
    }
    return lines
  }

  private func text(_ time: Int64) -> String {
    let age = Age(of: time, at: Clock.milliseconds)
    return Figures.utc(milliseconds: time) + (age.isInFuture ? ", \(age.text)" : "")
  }
}
