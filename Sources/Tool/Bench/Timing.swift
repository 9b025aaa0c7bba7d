// SPDX-License-Identifier: MIT

/// The time that a piece of work takes, measured again and again: nanoseconds for each of its units.
struct Timing: Encodable {
  let medianNs, p99Ns, meanNs: Double
  /// How often it was measured.
  let calls: Int

  /// By the median, which other processes hardly change.
  var perSecond: Double { medianNs > 0 ? 1e9 / medianNs : 0 }

  /// Measures `work` for some seconds, and at least three times.
  ///
  /// - Parameter units: how many units one call does
  init(seconds: Double, units: Int = 1, work: () throws -> Void) rethrows {
    let cost = Timing.clockCost
    // Once without measuring, to fill the caches and train the branch prediction.
    try work()
    var times: [Int64] = []
    times.reserveCapacity(1 << 16)
    let end = Clock.nanoseconds + Int64(seconds * 1e9)
    var now = Clock.nanoseconds
    while times.count < 3 || (now < end && times.count < 1 << 22) {
      let start = Clock.nanoseconds
      try work()
      now = Clock.nanoseconds
      times.append(max(0, now - start - cost))
    }
    let sum = times.reduce(0, +)
    times.sort()
    let unit = { (time: Int64) in Double(time) / Double(units) }
    medianNs = unit(times[times.count / 2])
    p99Ns = unit(times[min(times.count - 1, times.count * 99 / 100)])
    meanNs = Double(sum) / Double(times.count) / Double(units)
    calls = times.count
  }

  /// The time that two readings of the clock take themselves.
  private static let clockCost: Int64 = {
    let times = (0..<1000).map { _ in
      let start = Clock.nanoseconds
      return Clock.nanoseconds - start
    }
    return times.sorted()[500]
  }()
}
