// SPDX-License-Identifier: MIT

import ArgumentParser

/// `leat watch STORE`
struct Watch: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Watch the streams of a store while its writer runs.",
    discussion: """
      Keys: q quits; n, p, r and a sort by name, position, rate and age, and pressed again reverse \
      the order; arrows and page keys scroll; / filters by a part of the name. A rate is that \
      between the last two checkpoints that were seen. If the output is no terminal, or with \
      --once, it prints a table once.

      Examples:
        leat watch state.db
        leat watch --once state.db
        leat watch --json --interval 10 state.db >>streams.jsonl
      """)

  @Argument(help: "The store.", completion: .file())
  var store: String

  @Option(help: "Seconds between two readings of the store.")
  var interval = 1.0

  @Option(
    help: """
      Seconds without a checkpoint after which a stream is stale: shown in yellow, and is_stale in \
      JSON. A stream whose checkpoint is in the future is stale, too.
      """)
  var stale = 60.0

  @Flag(help: "Read the store once.")
  var once = false

  @Flag(help: "Print one JSON object a line, each time the store is read.")
  var json = false

  func validate() throws {
    guard interval >= 0.05 && interval <= 86400 else {
      throw ValidationError("--interval: found \(interval), expected 0.05 to 86400 seconds.")
    }
    guard stale > 0 else { throw ValidationError("--stale: found \(stale), expected more than 0.") }
  }

  func run() throws {
    var watcher = StoreWatcher(path: store)
    if json {
      repeat {
        try Output.print(jsonLine: StoreSnapshotLine(watcher.snapshot(), stale: stale))
        try Output.finish()
        if !once { Clock.sleep(seconds: interval) }
      } while !once
    } else if once || !Terminal.outputIsTerminal {
      try watcher.snapshot().printTable(stale: stale)
    } else {
      // A store that can't be read at the start is an error; later it is tried again.
      _ = try watcher.snapshot()
      var loop = WatchLoop(path: store, interval: interval, stale: stale)
      try loop.run()
    }
  }
}
