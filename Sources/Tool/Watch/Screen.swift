// SPDX-License-Identifier: MIT

/// The terminal's alternate screen, with keys that are read as they are pressed.
struct Screen {
  private var restore: (() -> Void)?

  mutating func enter() throws {
    restore = TerminalDevice.sendKeysAtOnce()
    // The alternate screen, no cursor, no wrapping at the right edge.
    try OpenFile.standardOutput.write("\u{1b}[?1049h\u{1b}[?25l\u{1b}[?7l")
  }

  mutating func leave() {
    // When the terminal is gone, there is no screen to restore.
    try? OpenFile.standardOutput.write("\u{1b}[?7h\u{1b}[?25h\u{1b}[?1049l")
    restore?()
    restore = nil
  }

  /// Draws as many lines as the screen has, in one write.
  func draw(_ lines: [String]) throws {
    // Each line is cleared first: after a full line the cursor is on its last character.
    try OpenFile.standardOutput.write(
      "\u{1b}[H" + lines.map { "\u{1b}[K" + $0 }.joined(separator: "\r\n"))
  }
}
