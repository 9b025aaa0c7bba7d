// SPDX-License-Identifier: MIT

/// Tells a header from a sample.
enum HeaderLine {
  /// Whether the fields of a line are names: at least one isn't empty, and none is meant as a
  /// value.
  static func areNames(_ fields: [String]) -> Bool {
    fields.contains { !$0.isEmpty } && fields.allSatisfy { !isValue($0) }
  }

  static func containName(_ fields: [String]) -> Bool {
    fields.contains { !$0.isEmpty && !isValue($0) }
  }

  /// Whether a field is a number, a time, a word for a missing value, or only digits and their
  /// punctuation: 1_000, 1.000,5, 12:30. A malformed value is no name.
  private static func isValue(_ text: String) -> Bool {
    if text.isEmpty { return false }
    let bare = text.lowercased().drop { "+-?".contains($0) }
    return ["", "nan", "inf", "infinity", "null", "na", "n/a", "none"].contains(bare)
      || isTime(text) || hasOnlyDigits(text)
  }

  /// Whether a field is a time; a number is one.
  static func isTime(_ text: String, as format: TimeFormat = .iso) -> Bool {
    var text = text
    return text.withUTF8 { bytes in unsafe Timestamp.read(bytes, as: format) != nil }
  }

  private static func hasOnlyDigits(_ text: String) -> Bool {
    guard let first = text.utf8.first(where: { !" +-.".utf8.contains($0) }), isDigit(first) else {
      return false
    }
    return text.utf8.allSatisfy { isDigit($0) || " +-.,:_'/eETZtz".utf8.contains($0) }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  /// Whether a line that is no sample is another header: it has a known name, or it has the right
  /// number of fields, all different and all identifiers.
  ///
  /// - Parameter names: the known names; empty without a header
  static func isHeader(_ fields: [String], names: [String], fieldCount: Int) -> Bool {
    guard fields.count > 1, areNames(fields) else { return false }
    if fields.contains(where: { !$0.isEmpty && names.contains($0) }) { return true }
    return fields.count == fieldCount && Set(fields).count == fields.count
      && fields.allSatisfy(isIdentifier)
  }

  private static func isIdentifier(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, first.properties.isAlphabetic || first == "_"
    else {
      return false
    }
    return text.unicodeScalars.allSatisfy { scalar in
      scalar.properties.isAlphabetic || "_.-0123456789".unicodeScalars.contains(scalar)
    }
  }

  /// Names the separator that a line seems to have instead of the one that it was read with: a
  /// separator stays in a field only when it is none.
  static func separatorHint(_ fields: [String], _ label: String) -> String {
    let found = [(";", "';'"), ("\t", "tab")].first { separator, _ in
      fields.contains { $0.contains(separator) }
    }
    if let found { return " (\(label) \(found.1)?)" }
    guard fields.count == 1, let field = fields.first else { return "" }
    let other = [",", " "].first { field.contains($0) }
    return other.map { " (\(label) '\($0)'?)" } ?? ""
  }

  /// Names with commas between, and in quotes where they hold a comma. A long list, and a long
  /// name, are cut.
  static func list(_ fields: [String]) -> String {
    var shown = fields.prefix(32).map { field in
      let name = field.count > 64 ? field.prefix(64) + "..." : field
      guard name.contains(",") || name.hasPrefix("\"") else { return name }
      let doubled = name.split(separator: "\"", omittingEmptySubsequences: false)
      return "\"" + doubled.joined(separator: "\"\"") + "\""
    }
    if fields.count > shown.count { shown.append("...") }
    return shown.joined(separator: ", ")
  }
}
