// SPDX-License-Identifier: MIT

import Glibc

/// The terminal, as the system's calls give it.
enum TerminalDevice {
  static func isTerminal(_ file: OpenFile) -> Bool { isatty(file.descriptor) == 1 }

  /// Columns and rows; nil when the file is no terminal or doesn't say.
  static func size(of file: OpenFile) -> (columns: Int, rows: Int)? {
    var size = winsize()
    guard unsafe ioctl(file.descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0,
      size.ws_row > 0
    else { return nil }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  /// Has the terminal send each key at once and not show it.
  ///
  /// - Returns: restores the mode before; nil when standard input is no terminal
  static func sendKeysAtOnce() -> (() -> Void)? {
    var mode = termios()
    guard unsafe tcgetattr(STDIN_FILENO, &mode) == 0 else { return nil }
    let before = mode
    // Ctrl-C and Ctrl-Z stay signals.
    mode.c_lflag &= ~tcflag_t(ECHO | ICANON)
    _ = unsafe tcsetattr(STDIN_FILENO, TCSANOW, &mode)
    return {
      var mode = before
      _ = unsafe tcsetattr(STDIN_FILENO, TCSADRAIN, &mode)
    }
  }

  /// Keys that were pressed.
  ///
  /// - Returns: nil when the terminal is gone
  static func readKeys() -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = unsafe read(STDIN_FILENO, &bytes, bytes.count)
    if count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN) { return nil }
    return Array(bytes.prefix(max(0, count)))
  }

  /// Runs a write to a pipe that may have no reader any more: the write fails then, and no signal
  /// ends the process.
  static func withoutBrokenPipeSignal(_ body: () -> Void) {
    var pipe = sigset_t()
    var before = sigset_t()
    var pending = sigset_t()
    unsafe sigemptyset(&pipe)
    unsafe sigaddset(&pipe, SIGPIPE)
    unsafe sigpending(&pending)
    let wasPending = unsafe sigismember(&pending, SIGPIPE) == 1
    guard unsafe pthread_sigmask(SIG_BLOCK, &pipe, &before) == 0 else { return body() }
    body()
    // The write's own signal is taken before it can arrive; an earlier one stays pending.
    var now = timespec()
    if !wasPending { while unsafe sigtimedwait(&pipe, nil, &now) < 0 && errno == EINTR {} }
    unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
  }
}
