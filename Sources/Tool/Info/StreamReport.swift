// SPDX-License-Identifier: MIT

import Leat

/// What `leat store show` reports of a stream.
struct StreamReport: FileReport {
  let name: String
  let position, generation: UInt64
  let generationsKept: Int
  let savedAtMs: Int64
  let stateBytes: Int
  let stateVersion: Int
  let recurrentLayers: Int
  /// 0 of a stream without windows.
  let window, hop: Int
  let fingerprint: String
  /// In hexadecimal digits.
  let cursor: String
  let isFallback, isStoreBehind: Bool
  let corruptGenerations: Int
  let lostSamples: UInt64
  private let cursorBytes: [UInt8]

  private enum CodingKeys: CodingKey {
    case name, position, generation, generationsKept, savedAtMs, stateBytes, stateVersion
    case recurrentLayers, window, hop, fingerprint, cursor, isFallback, isStoreBehind
    case corruptGenerations, lostSamples
  }

  init(name: String, _ state: State, _ checkpoint: Checkpoint, generationsKept: Int) {
    self.name = name
    self.generationsKept = generationsKept
    (position, generation) = (checkpoint.position, checkpoint.generation)
    savedAtMs = checkpoint.savedAt
    stateBytes = state.bytes.count
    (stateVersion, recurrentLayers) = (state.version, state.recurrentLayerCount)
    fingerprint = "\(state.fingerprint)"
    (window, hop) = (state.windows?.length ?? 0, state.windows?.hop ?? 0)
    cursorBytes = checkpoint.cursor
    cursor = Figures.hexadecimal(checkpoint.cursor)
    (isFallback, isStoreBehind) = (checkpoint.isFallback, checkpoint.isStoreBehind)
    corruptGenerations = checkpoint.corruptGenerations
    lostSamples = checkpoint.lostSamples
  }

  var lines: [(String, String)] {
    let age = Age(of: savedAtMs, at: Clock.milliseconds)
    var lines = [
      ("stream", name),
      ("position", "\(Figures.grouped(position)) samples taken in"),
      ("generation", "\(Figures.grouped(generation)); \(generationsKept) kept"),
      ("saved", "\(Figures.utc(milliseconds: savedAtMs)), \(age.sentence)"),
      (
        "state",
        "\(Figures.grouped(stateBytes)) bytes, version \(stateVersion), "
          + "\(recurrentLayers) recurrent layers"
      ),
      ("fingerprint", "\(fingerprint), of its model"),
    ]
    if window > 0 { lines.append(("window", "\(window) samples, hop \(hop)")) }
    lines += cursorLines.map { ("cursor", $0) }
    if isStoreBehind {
      lines.append(("FALLBACK", "the store is older than what it acknowledged: see leat doctor"))
    } else if isFallback {
      lines.append(
        (
          "FALLBACK",
          "\(corruptGenerations) newer checkpoints are damaged; they had "
            + "\(Figures.grouped(lostSamples)) more samples"
        ))
    }
    return lines
  }

  /// As text if it is text, as a number if it has the size of one, and as bytes.
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
