// SPDX-License-Identifier: MIT

/// The result of one check.
struct Finding: Encodable {
  enum Level: String, Encodable {
    /// As it should be, or only worth knowing.
    case ok
    /// Works, but may cause trouble.
    case warning
    /// The library can't keep a promise here.
    case problem
  }

  let level: Level
  /// What was checked, in a word or two.
  let topic: String
  let text: String

  init(_ level: Level, _ topic: String, _ text: String) {
    (self.level, self.topic, self.text) = (level, topic, text)
  }

  /// A line for a terminal, with the level in its colour.
  var line: String {
    let mark =
      switch level {
      case .ok: Colour.green("ok     ")
      case .warning: Colour.yellow("warning")
      case .problem: Colour.red("PROBLEM")
      }
    return "\(mark)  \(Text.padded(topic, to: 14))  \(Text.printable(text))"
  }
}
