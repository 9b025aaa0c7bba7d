// SPDX-License-Identifier: MIT

/// One thing that was looked at.
struct Finding: Encodable {
  enum Level: String, Encodable {
    /// As it should be, or merely worth to know.
    case ok
    /// Works, and may bite.
    case warning
    /// A promise of the library doesn't hold here.
    case problem
  }

  let level: Level
  /// What was looked at, in a word or two.
  let topic: String
  let text: String

  init(_ level: Level, _ topic: String, _ text: String) {
    (self.level, self.topic, self.text) = (level, topic, text)
  }

  /// As a line, the level in its colour.
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
