// SPDX-License-Identifier: MIT

import ArgumentParser

/// Names that are separated by commas, as an argument. A name with a comma is in quotes, as in a line
/// of CSV, and a quote in it is doubled.
struct NameList: ExpressibleByArgument {
  let names: [String]

  init?(argument: String) {
    var names: [String] = []
    var rest = argument[...]
    while true {
      let name = rest.first == "\"" ? Self.takeQuoted(&rest) : Self.take(&rest)
      guard let name, !name.isEmpty else { return nil }
      names.append(name)
      if rest.isEmpty { break }
      guard rest.removeFirst() == "," else { return nil }
    }
    self.names = names
  }

  private static func take(_ rest: inout Substring) -> String? {
    let name = rest.prefix { $0 != "," }
    rest = rest[name.endIndex...]
    return String(name)
  }

  /// - Returns: nil when the quotes aren't closed
  private static func takeQuoted(_ rest: inout Substring) -> String? {
    var parts: [Substring] = []
    while rest.first == "\"" {
      rest.removeFirst()
      guard let end = rest.firstIndex(of: "\"") else { return nil }
      parts.append(rest[..<end])
      rest = rest[rest.index(after: end)...]
    }
    return parts.joined(separator: "\"")
  }
}
