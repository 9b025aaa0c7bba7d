// SPDX-License-Identifier: MIT

import ArgumentParser

/// `leat store rm STORE NAME ...`
struct StoreRemove: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm",
    abstract: "Delete streams and all their checkpoints: all that are named, or none.",
    discussion: """
      Example:
        leat store rm state.db pump-7 pump-8
      """)

  @Argument(help: "The store.", completion: .file())
  var store: String

  @Argument(help: "The streams, by their whole names.")
  var names: [String]

  func run() throws {
    let store = try Store(path: store, for: .change)
    try store.inTransaction {
      for name in names { try store.delete(name) }
    }
    try Output.print("\(names.count) deleted")
  }
}
