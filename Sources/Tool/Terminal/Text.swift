// SPDX-License-Identifier: MIT

/// Text from files and names on a terminal: without control characters, and by its width.
enum Text {
  /// With U+FFFD for each control character.
  static func printable(_ text: String) -> String { replaced(text, where: controls) }

  /// The same for several lines: line feeds and tabs stay.
  static func printableLines(_ text: String) -> String {
    replaced(text) { controls($0) && $0 != "\n" && $0 != "\t" }
  }

  private static func replaced(
    _ text: String, where isReplaced: (Unicode.Scalar) -> Bool
  ) -> String {
    // Most text is ASCII without control characters, and tables are long.
    if text.utf8.allSatisfy({ 0x20 <= $0 && $0 < 0x7f }) { return text }
    guard text.unicodeScalars.contains(where: isReplaced) else { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { result.append(isReplaced(scalar) ? "\u{fffd}" : scalar) }
    return String(result)
  }

  /// JSON with \u escapes for control characters. Outside of its strings, JSON has none but line
  /// feeds; inside them, it has no line feeds.
  static func escaped(json: String) -> String {
    guard json.unicodeScalars.contains(where: { controls($0) && $0 != "\n" }) else { return json }
    var result = String.UnicodeScalarView()
    for scalar in json.unicodeScalars {
      guard controls(scalar), scalar != "\n" else {
        result.append(scalar)
        continue
      }
      for unit in String(scalar).utf16 {
        let digits = String(unit, radix: 16)
        let zeros = String(repeating: "0", count: 4 - digits.count)
        result.append(contentsOf: "\\u\(zeros)\(digits)".unicodeScalars)
      }
    }
    return String(result)
  }

  private static func controls(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }

  /// Columns on the terminal: two for each wide character of East Asia and each emoji.
  static func width(_ text: String) -> Int {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
    return text.reduce(0) { $0 + (isWide($1) ? 2 : 1) }
  }

  /// The blocks that Unicode's East Asian Width calls wide as a whole.
  private static func isWide(_ character: Character) -> Bool {
    guard let first = character.unicodeScalars.first else { return false }
    switch first.value {
    case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0xa4cf, 0xa960...0xa97f, 0xac00...0xd7a3,
      0xf900...0xfaff, 0xfe30...0xfe6f, 0xff00...0xff60, 0xffe0...0xffe6, 0x1f300...0x1f64f,
      0x1f900...0x1f9ff, 0x20000...0x3fffd:
      return true
    default: return first.properties.isEmojiPresentation
    }
  }

  static func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - self.width(text)))
  }

  static func padded(left text: String, to width: Int) -> String {
    String(repeating: " ", count: max(0, width - self.width(text))) + text
  }

  /// Rows of cells as lines, with two spaces between columns; an empty column is left out.
  static func columns(_ rows: [[String]]) -> [String] {
    let widths = (rows.first ?? []).indices.map { column in
      rows.map { width($0[column]) }.max() ?? 0
    }
    return rows.map { row in
      trimmed(
        widths.indices.filter { widths[$0] > 0 }.map { padded(row[$0], to: widths[$0]) }
          .joined(separator: "  "))
    }
  }

  /// Without the spaces at its end.
  static func trimmed(_ line: String) -> String {
    guard line.utf8.last == UInt8(ascii: " ") else { return line }
    return String(line.reversed().drop { $0 == " " }.reversed())
  }

  /// The beginning that fits into `width` columns, with a "…" for the rest.
  static func cut(_ text: String, to width: Int) -> String {
    guard self.width(text) > width else { return text }
    guard width > 0 else { return "" }
    var result = ""
    var used = 0
    for character in text {
      used += isWide(character) ? 2 : 1
      if used > width - 1 { break }
      result.append(character)
    }
    return result + "…"
  }
}
