// SPDX-License-Identifier: MIT

/// Where the tool's output goes. Output for a terminal is safe to show: names and file contents
/// could hold escape sequences, so `Text` replaces control characters in everything that comes from
/// outside. Colours and progress lines appear on a terminal only.
enum Terminal {
  static let outputIsTerminal = TerminalDevice.isTerminal(.standardOutput)
  static let errorIsTerminal = TerminalDevice.isTerminal(.standardError)

  /// Whether standard output has colours: see no-color.org.
  static let hasColours =
    outputIsTerminal && SystemProcess.environment("NO_COLOR") == nil
    && SystemProcess.environment("TERM") != "dumb"

  /// 80 columns and 24 rows where the terminal doesn't say, or there is none.
  static var size: (columns: Int, rows: Int) {
    TerminalDevice.size(of: .standardOutput) ?? TerminalDevice.size(of: .standardError) ?? (80, 24)
  }

  /// Writes a line to standard error, without control characters.
  static func report(_ line: String) { writeError("leat: \(Text.printable(line))\n") }

  /// Writes a text to standard error as it is.
  static func writeError(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      TerminalDevice.withoutBrokenPipeSignal {
        // When standard error fails, there is nowhere to report it.
        _ = unsafe try? OpenFile.standardError.writeUnlessInterrupted(
          UnsafeRawBufferPointer(bytes))
      }
    }
  }
}

/// A text in one of the terminal's colours, or plain where colours are off.
enum Colour: String {
  case bold = "1"
  case dim = "2"
  case red = "31"
  case green = "32"
  case yellow = "33"

  func callAsFunction(_ text: String) -> String {
    Terminal.hasColours ? "\u{1b}[\(rawValue)m\(text)\u{1b}[0m" : text
  }
}
