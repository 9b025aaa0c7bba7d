// SPDX-License-Identifier: MIT

#if canImport(FoundationEssentials)
  import FoundationEssentials
  import Glibc
#else
  import Foundation
#endif

/// SIGINT and SIGTERM as something to wait for, so that a run ends between two samples. The second
/// one of a kind ends the process at once.
enum Interruption {
  /// What the handler writes to, and what is polled.
  nonisolated(unsafe) private static var ends: (read: Int32, write: Int32) = (-1, -1)

  /// The one that has come.
  nonisolated(unsafe) private static var received: Int32?
  /// -1 before signals are caught.
  static var descriptor: Int32 { unsafe ends.read }

  /// Begins to catch them.
  static func catchSignals() throws {
    var both: [Int32] = [0, 0]
    guard unsafe pipe(&both) == 0 else {
      throw ToolError(.system, "pipe: \(Descriptor.lastError)")
    }
    unsafe ends = (both[0], both[1])
    for end in both { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var action = sigaction()
    unsafe action.__sigaction_handler.sa_handler = { signal in
      let saved = errno
      var byte = UInt8(truncatingIfNeeded: signal)
      // Safe: write is one of the few calls that a handler may make.
      _ = unsafe write(Interruption.ends.write, &byte, 1)
      errno = saved
    }
    action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND))
    for signal in [SIGINT, SIGTERM] {
      // Who started the process may have had a signal ignored: nohup, or a shell's "&".
      var before = sigaction()
      unsafe sigaction(signal, nil, &before)
      let isIgnored = unsafe unsafeBitCast(before.__sigaction_handler.sa_handler, to: Int.self) == 1
      if !isIgnored { unsafe sigaction(signal, &action, nil) }
    }
  }

  /// The signal that has come, without waiting for one.
  static func signal() -> Int32? {
    if let received = unsafe received { return received }
    guard descriptor >= 0 else { return nil }
    var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard unsafe Glibc.poll(&poll, 1, 0) > 0 else { return nil }
    var byte: UInt8 = 0
    if unsafe read(descriptor, &byte, 1) == 1 { unsafe received = Int32(byte) }
    return unsafe received
  }

  /// Waits until a write to a file of any kind doesn't block, or until a signal comes; after one it
  /// doesn't wait.
  ///
  /// - Returns: false when the write would block
  static func waitToWrite(to file: Int32) -> Bool {
    while true {
      var both = [
        pollfd(fd: file, events: Int16(POLLOUT), revents: 0),
        pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
      ]
      let hasCome = signal() != nil
      let count = unsafe poll(&both, hasCome ? 1 : 2, hasCome ? 0 : -1)
      // What can't be waited for is written to as it is.
      if both[0].revents != 0 || (count < 0 && errno != EINTR) { return true }
      if hasCome { return false }
    }
  }

  /// Waits so long, or until one comes.
  static func wait(seconds: Double) {
    var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    _ = unsafe Glibc.poll(&poll, 1, Int32(min(seconds, 1e6) * 1000))
  }

  /// Ends the process by a signal, as it would have been ended without being caught: the one who
  /// waits for it is told so.
  static func end(by signal: Int32) -> Never {
    var action = sigaction()
    unsafe action.__sigaction_handler.sa_handler = SIG_DFL
    unsafe sigaction(signal, &action, nil)
    raise(signal)
    exit(128 + signal)
  }
}
