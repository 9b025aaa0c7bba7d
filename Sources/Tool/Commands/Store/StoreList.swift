// SPDX-License-Identifier: MIT

import ArgumentParser
import Leat

/// `leat store ls STORE`
struct StoreList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls",
    abstract: "List the streams, sorted by name.",
    discussion: """
      The numbers are those of each stream's newest checkpoint. They aren't checked: leat store \
      verify does that. A group, whose streams are saved together, has its number of members in \
      place of a state, and the sum of their positions.

      Examples:
        leat store ls state.db
        leat store ls --json state.db | jq -r 'select(.position > 1000).name'
      """)

  @Argument(help: "The store.", completion: .file())
  var store: String

  @Flag(help: "Print one JSON object a line, for each stream.")
  var json = false

  func run() throws {
    let store = try Store.opened(store, for: .readOnly)
    let now = Clock.milliseconds
    var table = Table([
      ("stream", .left), ("position", .right), ("generation", .right), ("kept", .right),
      ("state", .right), ("cursor", .right), ("saved", .left), ("age", .right),
    ])
    var failure: (any Error)?
    try store.forEachStream { entry in
      do {
        if json {
          try Output.print(jsonLine: StreamLine(entry))
        } else {
          table.add(
            entry.name, Figures.grouped(entry.position), Figures.grouped(entry.generation),
            "\(entry.generations)",
            entry.members > 0
              ? "\(Figures.grouped(entry.members)) members" : Figures.bytes(entry.stateSize),
            Figures.bytes(entry.cursorSize), Figures.utc(milliseconds: entry.savedAt),
            Age(of: entry.savedAt, at: now).text)
          try table.printIfLong()
        }
        return true
      } catch {
        failure = error
        return false
      }
    }
    if let failure { throw failure }
    if !json { try table.print() }
  }
}
