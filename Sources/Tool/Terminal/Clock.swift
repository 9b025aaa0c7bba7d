// SPDX-License-Identifier: MIT

import Glibc

/// The time, in the units that the library has it in.
enum Clock {
  /// Unix time in milliseconds.
  static var milliseconds: Int64 {
    milliseconds(of: time(CLOCK_REALTIME))
  }

  /// The nearest there is of a time that may be any: a file's.
  static func milliseconds(of time: timespec) -> Int64 {
    let (seconds, isBeyond) = Int64(time.tv_sec).multipliedReportingOverflow(by: 1000)
    let (whole, isMore) = seconds.addingReportingOverflow(Int64(time.tv_nsec) / 1_000_000)
    return isBeyond || isMore ? (time.tv_sec < 0 ? .min : .max) : whole
  }

  /// Nanoseconds of a clock that only goes on.
  static var nanoseconds: Int64 {
    let now = time(CLOCK_MONOTONIC)
    return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
  }

  private static func time(_ clock: clockid_t) -> timespec {
    var now = timespec()
    // Safe: neither clock can be missing.
    _ = unsafe clock_gettime(clock, &now)
    return now
  }
}
