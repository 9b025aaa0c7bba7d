// SPDX-License-Identifier: MIT

import Glibc

/// SIGINT and SIGTERM, caught so that a run ends between two samples. The second signal of a kind
/// ends the process at once.
enum Interruption {
  nonisolated(unsafe) private static var pipe: SignalPipe?
  nonisolated(unsafe) private static var received: Signal?

  /// What is polled for a signal; -1 before signals are caught.
  static var descriptor: Int32 { unsafe pipe?.descriptor ?? -1 }

  static func catchSignals() throws {
    unsafe pipe = try SignalPipe([.interrupt, .terminate], catchesOnce: true)
  }

  /// The first signal that has come, if one has.
  static func signal() -> Signal? {
    if unsafe received == nil { unsafe received = pipe?.next() }
    return unsafe received
  }

  /// Ends the process as a signal does, if one has come.
  static func endIfSignalled() {
    if let signal = signal() { signal.endProcess() }
  }

  /// Waits until a write doesn't block, or until a signal comes; after one it doesn't wait.
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
      // A file that can't be polled is written to at once.
      if both[0].revents != 0 || (count < 0 && errno != EINTR) { return true }
      if hasCome { return false }
    }
  }

  /// Waits for some seconds, or until a signal comes.
  static func wait(seconds: Double) {
    _ = try? Poll.readable([descriptor], seconds: seconds)
  }
}

enum Poll {
  /// Waits until one of the descriptors has bytes to read, or an end.
  ///
  /// - Parameters:
  ///   - descriptors: -1 for none
  ///   - seconds: how long at most; nil for ever
  /// - Returns: which have; none when the time is over, or when a signal was handled
  static func readable(_ descriptors: [Int32], seconds: Double?) throws -> [Bool] {
    var files = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    let milliseconds = seconds.map { Int32(max(0, min($0 * 1000, 1e9)).rounded(.up)) } ?? -1
    guard unsafe poll(&files, nfds_t(files.count), milliseconds) >= 0 || errno == EINTR else {
      throw ToolError.system(.system, "poll")
    }
    return files.map { $0.revents != 0 }
  }
}
