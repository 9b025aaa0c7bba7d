// SPDX-License-Identifier: MIT

/// What the tool reports of a file or a stream: the same as lines for people and as JSON for scripts.
/// Each kind has a struct whose properties are the JSON, and whose `lines` are made of them.
protocol FileReport: Encodable {
  /// Each line's title and text.
  var lines: [(String, String)] { get }
}

extension FileReport {
  func print(json: Bool) throws {
    if json { return try Output.print(json: self) }
    for (title, text) in lines {
      try Output.print(Text.padded(title, to: 13) + " " + Text.printable(text))
    }
  }
}
