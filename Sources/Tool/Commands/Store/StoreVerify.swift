// SPDX-License-Identifier: MIT

import ArgumentParser
import Leat

/// `leat store verify STORE`
struct StoreVerify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check everything in a store.",
    discussion: """
      Runs SQLite's integrity_check, and checks the tables, every checkpoint's checksums, and that \
      each stream's newest checkpoint is there and whole. Each finding is printed as a line; with \
      one or more the exit status is 65.

      Example:
        leat store verify state.db && leat store backup state.db state-backup.db
      """)

  @Argument(help: "The store.", completion: .file())
  var store: String

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let store = try Store.opened(store, for: .readOnly)
    var progress = Progress(unit: "checkpoints")
    var findings: [String] = []
    var failure: (any Error)?
    var checked: UInt64 = 0
    let isWhole = try store.verify(
      progress: { done, total in
        checked = done
        progress.update(count: done, total: total)
        return true
      },
      finding: { line in
        progress.finish()
        if json { return findings.append(line) }
        do { try Output.print(Text.printable(line)) } catch { failure = error }
      })
    progress.finish()
    if let failure { throw failure }
    if json {
      try Output.print(
        json: Outcome(isWhole: isWhole, checkpoints: checked, findings: findings))
    } else if isWhole {
      try Output.print("whole: \(Figures.grouped(checked)) checkpoints")
    }
    if !isWhole { throw ExitCode(ExitStatus.data.rawValue) }
  }

  private struct Outcome: Encodable {
    let isWhole: Bool
    let checkpoints: UInt64
    let findings: [String]
  }
}
