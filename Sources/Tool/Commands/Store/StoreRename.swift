// SPDX-License-Identifier: MIT

import ArgumentParser

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

  @Argument(help: "Its name now.")
  var old: String

  @Argument(help: "The name it gets, which no stream may have.")
  var new: String

  func run() throws {
    try Store(path: store, for: .change).rename(old, to: new)
  }
}
