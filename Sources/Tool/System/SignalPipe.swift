// SPDX-License-Identifier: MIT

import Glibc

struct Signal: Equatable {
  let number: Int32

  static let interrupt = Signal(number: SIGINT)
  static let terminate = Signal(number: SIGTERM)
  static let hangup = Signal(number: SIGHUP)
  static let quit = Signal(number: SIGQUIT)
  /// Ctrl-Z, and the shell's fg after it.
  static let stop = Signal(number: SIGTSTP)
  static let resume = Signal(number: SIGCONT)
  static let windowSize = Signal(number: SIGWINCH)

  /// Ends the process by this signal, as if it weren't caught: the parent process sees which it was.
  func endProcess() -> Never {
    var action = sigaction()
    unsafe action.__sigaction_handler.sa_handler = SIG_DFL
    unsafe sigaction(number, &action, nil)
    raise(number)
    exit(128 + number)
  }

  /// Stops the process until it is resumed.
  static func stopProcess() { raise(SIGSTOP) }
}

/// The end that the signal handler writes to; -1 before there is a pipe. A handler can't have a
/// context, so a process has one pipe.
nonisolated(unsafe) private var writeEnd: Int32 = -1

/// Signals as bytes in a pipe, so that one poll(2) can wait for them together with input: a handler
/// may do little else than write.
struct SignalPipe {
  /// The end to poll.
  let descriptor: Int32

  /// - Parameter catchesOnce: the second signal of a kind has its usual effect
  init(_ signals: [Signal], catchesOnce: Bool = false) throws {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { throw ToolError.system(.system, "pipe") }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    descriptor = ends[0]
    unsafe writeEnd = ends[1]
    var action = sigaction()
    unsafe action.__sigaction_handler.sa_handler = { signal in
      let saved = errno
      var byte = UInt8(truncatingIfNeeded: signal)
      // Safe: write is one of the few calls that a handler may make.
      _ = unsafe write(writeEnd, &byte, 1)
      errno = saved
    }
    if catchesOnce { action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND)) }
    for signal in signals.map(\.number) {
      // A parent process may have had it ignored: nohup, or a shell's "&".
      var before = sigaction()
      unsafe sigaction(signal, nil, &before)
      let isIgnored = unsafe unsafeBitCast(before.__sigaction_handler.sa_handler, to: Int.self) == 1
      if !isIgnored { unsafe sigaction(signal, &action, nil) }
    }
  }

  /// The oldest signal that hasn't been taken, without waiting for one.
  func next() -> Signal? {
    var byte: UInt8 = 0
    return unsafe read(descriptor, &byte, 1) == 1 ? Signal(number: Int32(byte)) : nil
  }
}
