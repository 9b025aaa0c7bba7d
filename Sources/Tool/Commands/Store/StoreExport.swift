// SPDX-License-Identifier: MIT

import ArgumentParser
import Leat

/// `leat store export STORE NAME OUT`
struct StoreExport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a stream's newest whole checkpoint to a file.",
    discussion: """
      leat_stream_load() and leat store import can read the file on any machine.

      Example:
        leat store export state.db pump-7 pump-7.state --cursor pump-7.cursor
      """)

  @Argument(help: "The store.", completion: .file())
  var store: String

  @Argument(help: "The stream.")
  var name: String

  @Argument(help: "The file for the state.", completion: .file())
  var output: String

  @Option(help: ArgumentHelp("The file for the cursor.", valueName: "file"), completion: .file())
  var cursor: String?

  @Flag(help: "Replace files that exist.")
  var force = false

  func run() throws {
    let own = StoreFiles(of: store).paths
    let place = try NewFile(path: output, replaces: force, besides: own)
    let cursorPlace = try cursor.map {
      try NewFile(path: $0, replaces: force, besides: own + [output])
    }
    let (state, checkpoint) = try Store.opened(store, for: .readOnly).export(name)
    if checkpoint.isFallback {
      Terminal.report(
        "'\(Text.printable(name))': not the newest checkpoint: see leat store show")
    }
    try place.write(state.bytes)
    try cursorPlace?.write(checkpoint.cursor)
    try Output.print("position \(checkpoint.position)")
  }
}
