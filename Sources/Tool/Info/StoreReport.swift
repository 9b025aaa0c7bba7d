// SPDX-License-Identifier: MIT

import Leat

/// What `leat info` reports of a store.
struct StoreReport: FileReport {
  let kind = "store"
  let version: Int
  let streams, checkpoints, stateBytes, cursorBytes: UInt64
  /// Unix time in milliseconds; nil when there is no checkpoint.
  let oldestMs, newestMs: Int64?
  let fileBytes, freeBytes, walBytes, commits, epoch: UInt64
  let isBehind: Bool

  init(path: String) throws { self.init(try Store.opened(path, for: .readOnly).statistics()) }

  init(_ figures: Store.Statistics) {
    version = figures.version
    (streams, checkpoints) = (figures.streams, figures.checkpoints)
    (stateBytes, cursorBytes) = (figures.stateBytes, figures.cursorBytes)
    oldestMs = checkpoints > 0 ? figures.oldest : nil
    newestMs = checkpoints > 0 ? figures.newest : nil
    (fileBytes, freeBytes) = (figures.fileBytes, figures.freeBytes)
    (walBytes, commits, epoch) = (figures.walBytes, figures.commits, figures.epoch)
    isBehind = figures.isBehind
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
