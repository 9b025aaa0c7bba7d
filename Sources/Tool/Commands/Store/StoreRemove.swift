// SPDX-License-Identifier: MIT

import ArgumentParser
import Leat

/// `leat store rm STORE NAME ...`
struct StoreRemove: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm",
    abstract: "Delete streams and all their checkpoints.",
    discussion: """
      When one of the streams can't be deleted, none is.

      Example:
        leat store rm state.db pump-7 pump-8
      """)

  @Argument(help: "The store.", completion: .file())
  var store: String

  @Argument(help: "The streams' whole names.")
  var names: [String]

  func run() throws {
    let store = try Store.opened(store, for: .existing)
    try store.withTransaction {
      for name in names { try store.delete(name) }
    }
    try Output.print("\(names.count) deleted")
  }
}
