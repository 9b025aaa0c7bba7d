// SPDX-License-Identifier: MIT

/// A key of the terminal.
enum Key: Equatable {
  case character(Character)
  case up, down, pageUp, pageDown, home, end
  case enter, escape, backspace

  /// The keys in the bytes of one read. A terminal writes a key's sequence in one piece.
  static func keys(in bytes: [UInt8]) -> [Key] {
    var keys: [Key] = []
    var rest = String(decoding: bytes, as: UTF8.self)[...]
    while let first = rest.first {
      if first == "\u{1b}", let (sequence, key) = sequences.first(where: { rest.hasPrefix($0.0) }) {
        keys.append(key)
        rest = rest.dropFirst(sequence.count)
        continue
      }
      rest = rest.dropFirst()
      switch first {
      case "\u{1b}":
        keys.append(.escape)
        // The rest of an unknown sequence must not be taken for keys.
        if rest.first == "[" || rest.first == "O" { return keys.dropLast() }
      case "\r", "\n", "\r\n": keys.append(.enter)
      case "\u{7f}", "\u{8}": keys.append(.backspace)
      default: keys.append(.character(first))
      }
    }
    return keys
  }

  /// ANSI sequences, and those of a terminal in application mode.
  private static let sequences: [(String, Key)] = [
    ("\u{1b}[A", .up), ("\u{1b}OA", .up), ("\u{1b}[B", .down), ("\u{1b}OB", .down),
    ("\u{1b}[5~", .pageUp), ("\u{1b}[6~", .pageDown), ("\u{1b}[H", .home), ("\u{1b}OH", .home),
    ("\u{1b}[1~", .home), ("\u{1b}[F", .end), ("\u{1b}OF", .end), ("\u{1b}[4~", .end),
  ]
}
