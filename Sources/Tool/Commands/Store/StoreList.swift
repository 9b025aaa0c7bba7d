// SPDX-License-Identifier: MIT

import ArgumentParser

/// `leat store ls STORE`
struct StoreList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls",
    abstract: "List the streams, in the order of their names.",
    discussion: """
      Figures are of each stream's newest checkpoint, as they stand in the store: leat store \
      verify checks them.

      Examples:
        leat store ls state.db
        leat store ls --json state.db | jq -r 'select(.position > 1000).name'
      """)

  @Argument(help: "The store.", completion: .file())
  var store: String

  @Flag(help: "Print a JSON object a line, one for each stream.")
  var json = false

  func run() throws {
    let store = try Store(path: store, for: .look)
    let now = Clock.milliseconds
    var table = Table([
      ("stream", .left), ("position", .right), ("generation", .right), ("kept", .right),
      ("state", .right), ("cursor", .right), ("saved", .left), ("age", .right),
    ])
    var failure: (any Error)?
    try store.list { entry in
      do {
        if json {
          try Output.print(jsonLine: StreamLine(entry))
        } else {
          table.add(
            entry.name, Figures.grouped(entry.position), Figures.grouped(entry.generation),
            "\(entry.generations)", Figures.bytes(entry.stateSize),
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

/// A stream, as JSON has it.
struct StreamLine: Encodable {
  let name: String
  let position, generation: UInt64
  let generationsKept: UInt32
  let stateBytes, cursorBytes: UInt64
  /// Unix time in milliseconds.
  let savedAtMs: Int64

  init(_ entry: Store.Entry) {
    name = entry.name
    (position, generation) = (entry.position, entry.generation)
    generationsKept = entry.generations
    (stateBytes, cursorBytes) = (entry.stateSize, entry.cursorSize)
    savedAtMs = entry.savedAt
  }
}
