// SPDX-License-Identifier: MIT

import ArgumentParser

/// `leat store show STORE NAME`
struct StoreShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show all of one stream: its newest whole checkpoint, cursor and model.",
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
    let store = try Store(path: store, for: .look)
    let report = try StreamReport(
      name: name, try store.export(name), generationsKept: try store.entry(name)?.generations ?? 0)
    if json { return try Output.print(json: report) }
    for (title, text) in report.lines {
      try Output.print(Text.padded(title, to: 13) + " " + Text.printable(text))
    }
  }
}

private struct StreamReport: FileReport {
  let name: String
  let position, generation: UInt64
  let generationsKept: UInt32
  let savedAtMs: Int64
  let stateBytes: Int
  let stateVersion: UInt32
  let recurrentLayers: UInt32
  let fingerprint: String
  /// In hexadecimal digits.
  let cursor: String
  let isFallback, isStoreBehind: Bool
  let corruptGenerations: UInt32
  let lostSamples: UInt64
  private let cursorBytes: [UInt8]

  private enum CodingKeys: CodingKey {
    case name, position, generation, generationsKept, savedAtMs, stateBytes, stateVersion
    case recurrentLayers, fingerprint, cursor, isFallback, isStoreBehind, corruptGenerations
    case lostSamples
  }

  init(name: String, _ checkpoint: Store.Checkpoint, generationsKept: UInt32) throws {
    let state = try State(checkpoint.state)
    let figures = checkpoint.figures
    self.name = name
    self.generationsKept = generationsKept
    (position, generation) = (figures.position, figures.generation)
    savedAtMs = figures.saved_at_ms
    stateBytes = state.bytes.count
    (stateVersion, recurrentLayers) = (state.info.version, state.info.recurrent_layers)
    fingerprint = state.fingerprint
    cursorBytes = checkpoint.cursor
    cursor = Figures.hexadecimal(checkpoint.cursor)
    (isFallback, isStoreBehind) = (checkpoint.isFallback, figures.store_is_behind != 0)
    corruptGenerations = figures.corrupt_generations
    lostSamples = figures.lost_samples
  }

  var lines: [(String, String)] {
    let age = Age(of: savedAtMs, at: Clock.milliseconds)
    var lines = [
      ("stream", name),
      ("position", "\(Figures.grouped(position)) samples taken in"),
      ("generation", "\(Figures.grouped(generation)); \(generationsKept) kept"),
      (
        "saved",
        "\(Figures.utc(milliseconds: savedAtMs)), \(age.sentence)"
      ),
      (
        "state",
        "\(Figures.grouped(stateBytes)) bytes, version \(stateVersion), "
          + "\(recurrentLayers) recurrent layers"
      ),
      ("fingerprint", "\(fingerprint), of its model"),
    ]
    lines += cursorLines.map { ("cursor", $0) }
    if isStoreBehind {
      lines.append(("FALLBACK", "the store is older than what it acknowledged: leat doctor"))
    } else if isFallback {
      lines.append(
        (
          "FALLBACK",
          "\(corruptGenerations) newer checkpoints aren't whole; "
            + "\(Figures.grouped(lostSamples)) samples further on"
        ))
    }
    return lines
  }

  /// As text, if it's that, as a number, if it may be one, and as bytes.
  private var cursorLines: [String] {
    guard !cursorBytes.isEmpty else { return ["none"] }
    var lines = ["\(Figures.grouped(cursorBytes.count)) bytes"]
    let text = String(validating: cursorBytes, as: UTF8.self)
    if let text, cursorBytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) {
      lines.append("as text \(text)")
    }
    if cursorBytes.count == 8 {
      let number = cursorBytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      lines.append("as a little-endian integer \(Int64(bitPattern: number))")
    }
    let most = 256
    for start in stride(from: 0, to: min(most, cursorBytes.count), by: 32) {
      let end = min(start + 32, cursorBytes.count)
      lines.append(Figures.hexadecimal(cursorBytes[start..<end]))
    }
    if cursorBytes.count > most {
      lines.append("… leat store export --cursor FILE has all of it")
    }
    return lines
  }
}
