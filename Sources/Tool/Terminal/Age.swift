// SPDX-License-Identifier: MIT

/// How long ago something was saved, by this machine's clock. A time can be in the future, when a
/// clock is wrong: this machine's, or the clock of the machine that saved it.
struct Age {
  /// Below 0 in the future.
  let seconds: Double

  /// Both are Unix time in milliseconds. A store may hold any time.
  init(of time: Int64, at now: Int64) {
    // In doubles: the difference of two may be larger than any integer.
    seconds = (Double(now) - Double(time)) / 1000
  }

  /// A time so little in the future that its text is 0.0 s is not.
  var isInFuture: Bool { seconds <= -0.05 }

  /// "3 min 5 s", "3 min 5 s in the future".
  var text: String {
    let duration = Figures.duration(seconds: seconds.magnitude)
    return isInFuture ? "\(duration) in the future" : duration
  }

  /// "3 min 5 s ago", "3 min 5 s in the future".
  var sentence: String { isInFuture ? text : "\(text) ago" }

  /// The age of a checkpoint in the future is unknown: it may be stale.
  func isStale(beyond limit: Double) -> Bool { seconds > limit || isInFuture }
}
