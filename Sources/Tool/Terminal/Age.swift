// SPDX-License-Identifier: MIT

/// How long ago something was saved, by this machine's clock: one that was wrong, here or where it
/// was saved, makes it lie in the future.
struct Age {
  /// Below 0 in the future.
  let seconds: Double

  /// Both in Unix milliseconds, of which a store may hold any.
  init(of time: Int64, at now: Int64) {
    // Doubles, since the difference of two may be beyond any integer.
    seconds = (Double(now) - Double(time)) / 1000
  }

  /// By so much that it is shown.
  var isInFuture: Bool { seconds <= -0.05 }

  /// "3 min 5 s", "3 min 5 s in the future".
  var text: String {
    let duration = Figures.duration(seconds: seconds.magnitude)
    return isInFuture ? "\(duration) in the future" : duration
  }

  /// "3 min 5 s ago", "3 min 5 s in the future".
  var sentence: String { isInFuture ? text : "\(text) ago" }

  /// Nobody knows how old a checkpoint from the future is: it may be stale.
  func isStale(beyond limit: Double) -> Bool { seconds > limit || isInFuture }
}
