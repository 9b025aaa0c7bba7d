// SPDX-License-Identifier: MIT

import ArgumentParser
import Glibc

/// `leat watch STORE`
struct Watch: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Watch the streams of a store while its writer goes on.",
    discussion: """
      Keys: q quits; n, p, r and a sort by name, position, rate and age, once more the other way \
      round; arrows and page keys scroll; / filters by a part of the name. Rates are of the last \
      two checkpoints that were seen. Where the output is no terminal, or with --once, it prints \
      a table of what is there now.

      Examples:
        leat watch state.db
        leat watch --once state.db
        leat watch --json --interval 10 state.db >>streams.jsonl
      """)

  @Argument(help: "The store.", completion: .file())
  var store: String

  @Option(help: "Seconds from one look to the next.")
  var interval = 1.0

  @Option(
    help: """
      Seconds without a checkpoint beyond which a stream is stale: shown in yellow, and is_stale in \
      JSON. One whose checkpoint is in the future is stale too.
      """)
  var stale = 60.0

  @Flag(help: "Look once.")
  var once = false

  @Flag(help: "Print a JSON object a line, one for each look.")
  var json = false

  func validate() throws {
    guard interval >= 0.05 && interval <= 86400 else {
      throw ValidationError("--interval \(interval): expected 0.05 to 86400 seconds.")
    }
    guard stale > 0 else { throw ValidationError("--stale \(stale): expected more than 0.") }
  }

  func run() throws {
    var watcher = StoreWatcher(path: store)
    if json {
      repeat {
        try Output.print(jsonLine: StoreLookLine(watcher.look(), stale: stale))
        try Output.finish()
        if !once { usleep(UInt32(interval * 1e6)) }
      } while !once
    } else if once || !Terminal.outputIsTerminal {
      try printTable(watcher.look())
    } else {
      // A store that isn't there from the start is a mistake, and one that goes away later isn't.
      _ = try watcher.look()
      var loop = WatchLoop(path: store, interval: interval, stale: stale)
      try loop.run()
    }
  }

  private func printTable(_ look: StoreLook) throws {
    var table = Table([
      ("stream", .left), ("position", .right), ("generation", .right), ("kept", .right),
      ("age", .right), ("saved", .left),
    ])
    for stream in look.streams {
      let (entry, age) = (stream.entry, stream.age(at: look.time))
      table.add(
        entry.name, Figures.grouped(entry.position), Figures.grouped(entry.generation),
        "\(entry.generations)", age.text, Figures.utc(milliseconds: entry.savedAt),
        colour: age.isStale(beyond: stale) ? .yellow : nil)
      try table.printIfLong()
    }
    try table.print()
    try Output.print(
      "\(Figures.grouped(look.totals.streams)) streams, "
        + "\(Figures.grouped(look.totals.checkpoints)) checkpoints, "
        + "file \(Figures.bytes(look.totals.fileBytes)), "
        + "wal \(Figures.bytes(look.totals.walBytes)), \(look.writer ?? "no writer")")
  }
}
