// SPDX-License-Identifier: MIT

import ArgumentParser

/// `leat store export STORE NAME OUT`
struct StoreExport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a stream's newest whole checkpoint to a file.",
    discussion: """
      The file is what leat_stream_load() takes, and leat store import, on any machine.

      Example:
        leat store export state.db pump-7 pump-7.state --cursor pump-7.cursor
      """)

  @Argument(help: "The store.", completion: .file())
  var store: String

  @Argument(help: "The stream.")
  var name: String

  @Argument(help: "Where to write the state.", completion: .file())
  var output: String

  @Option(help: ArgumentHelp("Where to write the cursor.", valueName: "file"), completion: .file())
  var cursor: String?

  @Flag(help: "Replace files that are there.")
  var force = false

  func run() throws {
    let own = StoreFiles(of: store).paths
    let place = try NewFile(path: output, replaces: force, besides: own)
    let cursorPlace = try cursor.map {
      try NewFile(path: $0, replaces: force, besides: own + [output])
    }
    let checkpoint = try Store(path: store, for: .look).export(name)
    if checkpoint.isFallback {
      Terminal.complain(
        "'\(Text.printable(name))': not the newest checkpoint: see leat store show")
    }
    try place.write(checkpoint.state)
    try cursorPlace?.write(checkpoint.cursor)
    try Output.print("position \(checkpoint.figures.position)")
  }
}
