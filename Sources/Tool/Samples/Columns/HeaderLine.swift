// SPDX-License-Identifier: MIT

/// Tells a line of names from a sample.
enum HeaderLine {
  /// Whether the fields of a line are names: there is something in it, and nothing that is meant for
  /// a value.
  static func areNames(_ fields: [String]) -> Bool {
    fields.contains { !$0.isEmpty } && fields.allSatisfy { !isValue($0) }
  }

  /// Whether one of the fields is a name.
  static func haveName(_ fields: [String]) -> Bool {
    fields.contains { !$0.isEmpty && !isValue($0) }
  }

  /// A number, a time, what stands for a missing value, or what only digits and their punctuation
  /// are in: 1_000, 1.000,5, 12:30. A value that is wrong is no name.
  private static func isValue(_ text: String) -> Bool {
    if text.isEmpty { return false }
    let bare = text.lowercased().drop { "+-?".contains($0) }
    return ["", "nan", "inf", "infinity", "null", "na", "n/a", "none"].contains(bare)
      || ColumnLayout.isTime(text) || hasOnlyDigits(text)
  }

  private static func hasOnlyDigits(_ text: String) -> Bool {
    guard let first = text.utf8.first(where: { !" +-.".utf8.contains($0) }), isDigit(first) else {
      return false
    }
    return text.utf8.allSatisfy { isDigit($0) || " +-.,:_'/eETZtz".utf8.contains($0) }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  /// Whether a line that is no sample names columns: some of those that are known, or as many, all
  /// different, as a program calls them.
  ///
  /// - Parameter names: those that are known; empty of an input without a header
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

  /// Names with commas between, in quotes where they hold one, as --columns takes them. Of many or
  /// long ones only the beginning.
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

extension ColumnLayout {
  /// The header's names as one line; nil without a header.
  public var header: String? { hasHeader ? HeaderLine.list(names) : nil }
}
