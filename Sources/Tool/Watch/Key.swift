// SPDX-License-Identifier: MIT

/// A key, as a terminal sends it.
enum Key: Equatable {
  case character(Character)
  case up, down, pageUp, pageDown, home, end
  case enter, escape, backspace

  /// What the bytes of one read mean. Sequences come whole: a terminal writes them at once.
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
        // Of a sequence that isn't known nothing is to be taken for keys.
        if rest.first == "[" || rest.first == "O" { return keys.dropLast() }
      case "\r", "\n", "\r\n": keys.append(.enter)
      case "\u{7f}", "\u{8}": keys.append(.backspace)
      default: keys.append(.character(first))
      }
    }
    return keys
  }

  /// As ANSI has them, and as a terminal in application mode.
  private static let sequences: [(String, Key)] = [
    ("\u{1b}[A", .up), ("\u{1b}OA", .up), ("\u{1b}[B", .down), ("\u{1b}OB", .down),
    ("\u{1b}[5~", .pageUp), ("\u{1b}[6~", .pageDown), ("\u{1b}[H", .home), ("\u{1b}OH", .home),
    ("\u{1b}[1~", .home), ("\u{1b}[F", .end), ("\u{1b}OF", .end), ("\u{1b}[4~", .end),
  ]
}
