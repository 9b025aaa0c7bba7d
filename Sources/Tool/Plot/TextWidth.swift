// SPDX-License-Identifier: MIT

/// The width of text, estimated without the font. The estimate is for DejaVu Sans, which is wider
/// than most fonts.
enum TextWidth {
  static func of(_ text: String, size: Double, bold: Bool = false) -> Double {
    text.reduce(0) { $0 + ems($1) } * size * (bold ? 1.08 : 1)
  }

  /// The text, or its beginning and an ellipsis if there is no room for all of it.
  static func fitted(_ text: String, to width: Double, size: Double, bold: Bool = false) -> String {
    if of(text, size: size, bold: bold) <= width { return text }
    var room = width - of("…", size: size, bold: bold)
    var result = text.prefix { character in
      room -= of(String(character), size: size, bold: bold)
      return room >= 0
    }
    while result.last == " " { result.removeLast() }
    return result + "…"
  }

  /// The beginning of a name. A file's column may have a name of any length.
  static func shortened(_ name: String) -> String {
    let most = 200
    let scalars = name.unicodeScalars
    guard let end = scalars.index(scalars.startIndex, offsetBy: most, limitedBy: scalars.endIndex),
      end < scalars.endIndex
    else { return name }
    return String(scalars[..<end]) + "…"
  }

  private static func ems(_ character: Character) -> Double {
    guard let scalar = character.unicodeScalars.first else { return 0 }
    switch scalar {
    case "i", "j", "l", "I", ".", ",", ":", ";", "'", "|", " ", "\u{2009}": return 0.33
    case "f", "t", "r", "(", ")", "[", "]", "-": return 0.4
    case "m", "w", "M", "W", "@", "%": return 0.95
    case "A"..."Z": return 0.7
    case "\u{1100}"...: return scalar.value < 0x1e00 || scalar.value >= 0x2e80 ? 1.05 : 0.65
    default: return 0.63
    }
  }
}
