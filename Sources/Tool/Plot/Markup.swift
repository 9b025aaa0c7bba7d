// SPDX-License-Identifier: MIT

/// Text and numbers in SVG and HTML.
enum Markup {
  /// Safe in text and in quoted attributes; what XML can't hold becomes U+FFFD.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\u{0}"..."\u{1f}", "\u{7f}"..."\u{9f}", "\u{fffe}", "\u{ffff}": result += "\u{fffd}"
      // These change the direction of the text around them.
      case "\u{202a}"..."\u{202e}", "\u{2066}"..."\u{2069}": result += "\u{fffd}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// A pixel's coordinate in tenths as short as can be: 12, 3.5, -.2.
  static func tenths(_ value: Int) -> String {
    let (whole, rest) = value.magnitude.quotientAndRemainder(dividingBy: 10)
    let sign = value < 0 ? "-" : ""
    if rest == 0 { return "\(sign)\(whole)" }
    return "\(sign)\(whole == 0 ? "" : "\(whole)").\(rest)"
  }

  static func number(_ value: Double) -> String { tenths(Int((value * 10).rounded())) }

  static func text(
    _ text: String, _ x: Double, _ y: Double, class name: String? = nil, title: String? = nil
  ) -> String {
    let attribute = name.map { " class=\"\($0)\"" } ?? ""
    let tip = title.map { "<title>\(escaped($0))</title>" } ?? ""
    return "<text x=\"\(number(x))\" y=\"\(number(y))\"\(attribute)>\(escaped(text))\(tip)</text>"
  }

  static func path(_ data: String, class name: String) -> String {
    data.isEmpty ? "" : "<path class=\"\(name)\" d=\"\(data)\"/>"
  }

  static func rectangle(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, class name: String
  ) -> String {
    "<rect class=\"\(name)\" x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(number(width))\""
      + " height=\"\(number(height))\"/>"
  }
}
