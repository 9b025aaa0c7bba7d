// SPDX-License-Identifier: MIT

import Glibc

/// The terminal's other screen, with keys that come as they are pressed.
struct Screen {
  private var saved: termios?

  mutating func enter() throws {
    var mode = termios()
    if unsafe tcgetattr(STDIN_FILENO, &mode) == 0 {
      saved = mode
      // Ctrl-C and Ctrl-Z stay signals.
      mode.c_lflag &= ~tcflag_t(ECHO | ICANON)
      _ = unsafe tcsetattr(STDIN_FILENO, TCSANOW, &mode)
    }
    // The other screen, no cursor, no wrapping at the right edge.
    try write("\u{1b}[?1049h\u{1b}[?25l\u{1b}[?7l")
  }

  mutating func leave() {
    // When even this can't be written there is no screen to put back.
    try? write("\u{1b}[?7h\u{1b}[?25h\u{1b}[?1049l")
    if var mode = saved { _ = unsafe tcsetattr(STDIN_FILENO, TCSADRAIN, &mode) }
    saved = nil
  }

  /// Draws as many lines as the screen has, in one write, over what is there.
  func draw(_ lines: [String]) throws {
    // Each is cleared first: behind one that is full the cursor would still stand on its end.
    try write("\u{1b}[H" + lines.map { "\u{1b}[K" + $0 }.joined(separator: "\r\n"))
  }

  private func write(_ text: String) throws {
    try Descriptor.write(text, to: STDOUT_FILENO, named: "standard output")
  }
}
