// SPDX-License-Identifier: MIT

import ArgumentParser
import CLeatStore

/// `leat store prune STORE`
struct StorePrune: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune",
    abstract: "Delete old checkpoints, but never a stream's newest whole one.",
    discussion: """
      Examples:
        leat store prune state.db --keep 1
        leat store prune state.db --older-than 30d --streams --dry-run
      """)

  @Argument(help: "The store.", completion: .file())
  var store: String

  @Option(help: "Delete more than the newest so many of each stream.")
  var keep: UInt32?

  @Option(help: "Delete what was saved longer ago than this: 90s, 15min, 12h, 30d, 4w.")
  var olderThan: Span?

  @Flag(help: "With --older-than: a stream goes too when its newest checkpoint is that old.")
  var streams = false

  @Flag(help: "Say how many would go, and leave them. Needs to be the only writer all the same.")
  var dryRun = false

  func validate() throws {
    guard keep != nil || olderThan != nil else {
      throw ValidationError("Nothing to prune by: give --keep, --older-than, or both.")
    }
    if keep == 0 { throw ValidationError("--keep 0 would keep nothing: expected at least 1.") }
    if streams && olderThan == nil { throw ValidationError("--streams needs --older-than.") }
  }

  func run() throws {
    let store = try Store(path: store, for: .change)
    var options = leat_prune_options()
    options.generations = keep ?? 0
    if let olderThan {
      let (before, isBeyond) = Clock.milliseconds.subtractingReportingOverflow(
        olderThan.milliseconds)
      options.saved_before_ms = isBeyond ? 1 : max(1, before)
    }
    if streams { options.flags = LEAT_PRUNE_STREAMS }
    var progress = Progress(unit: "streams")
    let prune = {
      try store.prune(options) { progress.update(count: $0, total: $1) }
    }
    var deleted: UInt64 = 0
    if dryRun {
      do {
        try store.inTransaction {
          deleted = try prune()
          throw DryRun()
        }
      } catch is DryRun {}
    } else {
      deleted = try prune()
    }
    progress.finish()
    try Output.print(
      "\(Figures.grouped(deleted)) checkpoints \(dryRun ? "would be deleted" : "deleted")")
  }

  /// Rolls back what was tried.
  private struct DryRun: Error {}
}
