// SPDX-License-Identifier: MIT

import Glibc

/// Where the handler writes; -1 before there is a pipe.
nonisolated(unsafe) private var signalPipe: Int32 = -1

/// Signals as bytes in a pipe, that one can wait for together with keys.
struct Signals {
  /// To be polled.
  let descriptor: Int32

  init(_ numbers: [Int32]) throws {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else {
      throw ToolError(.system, "no pipe: \(Descriptor.lastError)")
    }
    for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    descriptor = ends[0]
    unsafe signalPipe = ends[1]
    for number in numbers {
      signal(
        number,
        { number in
          let saved = errno
          var byte = UInt8(truncatingIfNeeded: number)
          _ = unsafe write(signalPipe, &byte, 1)
          errno = saved
        })
    }
  }

  /// Those that have come.
  func take() -> [Int32] {
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = unsafe read(descriptor, &bytes, bytes.count)
    return bytes.prefix(max(0, count)).map { Int32($0) }
  }

  /// Ends the process as the signal would have.
  static func end(by number: Int32) {
    _ = signal(number, SIG_DFL)
    raise(number)
  }
}
