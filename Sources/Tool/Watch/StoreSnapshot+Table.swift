// SPDX-License-Identifier: MIT

extension StoreSnapshot {
  /// Prints a table of the streams, where the output is no terminal.
  func printTable(stale: Double) throws {
    var table = Table([
      ("stream", .left), ("position", .right), ("generation", .right), ("kept", .right),
      ("age", .right), ("saved", .left),
    ])
    for stream in streams {
      let (entry, age) = (stream.entry, stream.age(at: time))
      table.add(
        entry.name, Figures.grouped(entry.position), Figures.grouped(entry.generation),
        "\(entry.generations)", age.text, Figures.utc(milliseconds: entry.savedAt),
        colour: age.isStale(beyond: stale) ? .yellow : nil)
      try table.printIfLong()
    }
    try table.print()
    try Output.print(
      "\(Figures.grouped(totals.streams)) streams, "
        + "\(Figures.grouped(totals.checkpoints)) checkpoints, "
        + "file \(Figures.bytes(totals.fileBytes)), wal \(Figures.bytes(totals.walBytes)), "
        + (writer ?? "no writer"))
  }
}
