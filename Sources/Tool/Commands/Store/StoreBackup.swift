// SPDX-License-Identifier: MIT

import ArgumentParser

/// `leat store backup STORE OUT`
struct StoreBackup: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Copy a store as it is now, while its writer goes on.",
    discussion: """
      The copy appears under its name when it is whole and durable.

      Example:
        leat store backup state.db "state-$(date +%F).db"
      """)

  @Argument(help: "The store.", completion: .file())
  var store: String

  @Argument(help: "The copy: a file that isn't there yet.", completion: .file())
  var output: String

  func run() throws {
    try NewFile.check(output, besides: StoreFiles(of: store).paths)
    let store = try Store(path: store, for: .look)
    var progress = Progress(unit: "pages")
    try store.backup(to: output) { progress.update(count: $0, total: $1) }
    progress.finish()
    // Not by opening the copy: that would leave a -wal and a -shm beside it.
    let size = try InputFile.size(output)
    try Output.print("\(Text.printable(output)): \(Figures.bytes(size)), whole and durable")
  }
}
