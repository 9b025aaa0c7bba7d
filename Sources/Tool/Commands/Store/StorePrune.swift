// SPDX-License-Identifier: MIT

import ArgumentParser
import Leat

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

  @Option(help: "Keep this many checkpoints of each stream, and delete older ones.")
  var keep: UInt32?

  @Option(help: "Delete checkpoints that are older than this: 90s, 15min, 12h, 30d, 4w.")
  var olderThan: DurationArgument?

  @Flag(help: "With --older-than: delete a stream, too, if its newest checkpoint is that old.")
  var streams = false

  @Flag(help: "Only count what would be deleted. This must be the only writer, too.")
  var dryRun = false

  func validate() throws {
    guard keep != nil || olderThan != nil else {
      throw ValidationError("Nothing to prune by: give --keep, --older-than, or both.")
    }
    if keep == 0 { throw ValidationError("--keep: found 0, expected at least 1.") }
    if streams && olderThan == nil { throw ValidationError("--streams needs --older-than.") }
  }

  func run() throws {
    let store = try Store.opened(store, for: .existing)
    let savedBefore = olderThan.map { age in
      let (before, isTooOld) = Clock.milliseconds.subtractingReportingOverflow(age.milliseconds)
      return isTooOld ? 1 : max(1, before)
    }
    var progress = Progress(unit: "streams")
    let prune = {
      try store.prune(
        savedBefore: savedBefore, generations: keep.map { Int($0) }, includesStreams: streams
      ) { done, total in
        progress.update(count: done, total: total)
        return true
      }
    }
    var deleted: UInt64 = 0
    if dryRun {
      do {
        try store.withTransaction {
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

  /// Rolls the transaction back.
  private struct DryRun: Error {}
}
