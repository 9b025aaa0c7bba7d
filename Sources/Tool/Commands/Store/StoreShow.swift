// SPDX-License-Identifier: MIT

import ArgumentParser
import Leat

/// `leat store show STORE NAME`
struct StoreShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show one stream: its newest whole checkpoint, cursor and model. Or show a group.",
    discussion: """
      Example:
        leat store show state.db pump-7
      """)

  @Argument(help: "The store.", completion: .file())
  var store: String

  @Argument(help: "The stream.")
  var name: String

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let store = try Store.opened(store, for: .readOnly)
    if let entry = try store.entry(of: name), entry.members > 0 {
      return try GroupReport(entry, in: store).print(json: json)
    }
    let (state, checkpoint) = try store.export(name)
    try StreamReport(
      name: name, state, checkpoint, generationsKept: try store.entry(of: name)?.generations ?? 0
    ).print(json: json)
  }
}
