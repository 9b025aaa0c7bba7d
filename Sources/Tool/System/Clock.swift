// SPDX-License-Identifier: MIT

import Glibc

/// The time, in the units that the library uses.
enum Clock {
  /// Unix time in milliseconds.
  static var milliseconds: Int64 {
    milliseconds(of: time(CLOCK_REALTIME))
  }

  /// A file may have any time: one that 64 bits can't hold becomes the least or the greatest.
  static func milliseconds(of time: timespec) -> Int64 {
    let (seconds, isTooLarge) = Int64(time.tv_sec).multipliedReportingOverflow(by: 1000)
    let (sum, isSumTooLarge) = seconds.addingReportingOverflow(Int64(time.tv_nsec) / 1_000_000)
    return isTooLarge || isSumTooLarge ? (time.tv_sec < 0 ? .min : .max) : sum
  }

  /// Nanoseconds of a clock that is never set.
  static var nanoseconds: Int64 {
    let now = time(CLOCK_MONOTONIC)
    return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
  }

  static func sleep(seconds: Double) { usleep(UInt32(seconds * 1e6)) }

  private static func time(_ clock: clockid_t) -> timespec {
    var now = timespec()
    // Safe: every system has both clocks.
    _ = unsafe clock_gettime(clock, &now)
    return now
  }
}

extension Duration {
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
