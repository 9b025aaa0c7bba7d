// SPDX-License-Identifier: MIT

import ArgumentParser
import Leat

/// `leat store backup STORE OUT`
struct StoreBackup: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Copy a store while its writer runs.",
    discussion: """
      The copy gets its name when it is whole and durable.

      Example:
        leat store backup state.db "state-$(date +%F).db"
      """)

  @Argument(help: "The store.", completion: .file())
  var store: String

  @Argument(help: "The copy: a file that doesn't exist yet.", completion: .file())
  var output: String

  func run() throws {
    try NewFile.check(output, besides: StoreFiles(of: store).paths)
    let store = try Store.opened(store, for: .readOnly)
    var progress = Progress(unit: "pages")
    try store.backup(to: output) { done, total in
      progress.update(count: done, total: total)
      return true
    }
    progress.finish()
    // The copy isn't opened as a store: that would make a -wal and a -shm beside it.
    let size = try InputFile.size(output)
    try Output.print("\(Text.printable(output)): \(Figures.bytes(size)), whole and durable")
  }
}
