// SPDX-License-Identifier: MIT

#if canImport(FoundationEssentials)
  import FoundationEssentials
  import Glibc
#else
  import Foundation
#endif

/// What there is to be known of where the tool's output goes.
enum Terminal {
  /// Whether standard output, or standard error, is a terminal.
  static let outputIsTerminal = isatty(STDOUT_FILENO) == 1
  static let errorIsTerminal = isatty(STDERR_FILENO) == 1

  /// Whether standard output is to have colours: see no-color.org.
  static let hasColours =
    outputIsTerminal && environment("NO_COLOR") == nil && environment("TERM") != "dumb"

  /// Columns and rows; 80 and 24 of what doesn't say.
  static var size: (columns: Int, rows: Int) {
    var size = winsize()
    guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 || errorSize(&size),
      size.ws_col > 0, size.ws_row > 0
    else { return (80, 24) }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  private static func errorSize(_ size: inout winsize) -> Bool {
    unsafe ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0
  }

  /// A line on standard error. What names and files put into it can't control the terminal.
  static func complain(_ line: String) { writeError("leat: \(Text.printable(line))\n") }

  /// Text on standard error, as it is.
  static func writeError(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      withoutBrokenPipeSignal {
        // Nobody is left to be told that this failed.
        _ = unsafe try? Descriptor.writeUnlessInterrupted(
          UnsafeRawBufferPointer(bytes), to: STDERR_FILENO, named: "standard error")
      }
    }
  }

  /// Runs what may write to a pipe that nobody reads any more, which fails then and ends nothing.
  private static func withoutBrokenPipeSignal(_ body: () -> Void) {
    var pipe = sigset_t()
    var before = sigset_t()
    var pending = sigset_t()
    unsafe sigemptyset(&pipe)
    unsafe sigaddset(&pipe, SIGPIPE)
    unsafe sigpending(&pending)
    let wasPending = unsafe sigismember(&pending, SIGPIPE) == 1
    guard unsafe pthread_sigmask(SIG_BLOCK, &pipe, &before) == 0 else { return body() }
    body()
    // The write's own signal is taken, before it can arrive; one that was there before is left.
    var now = timespec()
    if !wasPending { while unsafe sigtimedwait(&pipe, nil, &now) < 0 && errno == EINTR {} }
    unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
  }

  private static func environment(_ name: String) -> String? {
    guard let value = unsafe getenv(name), unsafe value.pointee != 0 else { return nil }
    return unsafe String(cString: value)
  }
}

/// A text in a colour of the terminal, or as it is where there are none.
enum Colour: String {
  case bold = "1"
  case dim = "2"
  case red = "31"
  case green = "32"
  case yellow = "33"
  case blue = "34"

  func callAsFunction(_ text: String) -> String {
    Terminal.hasColours ? "\u{1b}[\(rawValue)m\(text)\u{1b}[0m" : text
  }
}
