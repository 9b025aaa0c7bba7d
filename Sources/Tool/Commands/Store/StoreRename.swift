// SPDX-License-Identifier: MIT

import ArgumentParser
import Leat

/// `leat store rename STORE OLD NEW`
struct StoreRename: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rename",
    abstract: "Give a stream and its checkpoints another name.",
    discussion: """
      Example:
        leat store rename state.db pump-7 pump-seven
      """)

  @Argument(help: "The store.", completion: .file())
  var store: String

  @Argument(help: "The stream's name now.")
  var old: String

  @Argument(help: "Its new name, which no stream may have.")
  var new: String

  func run() throws {
    try Store.opened(store, for: .existing).rename(old, to: new)
  }
}
