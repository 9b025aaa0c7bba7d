// SPDX-License-Identifier: MIT

/// How long a piece of work took, again and again; nanoseconds for one of its units.
struct Timing: Encodable {
  let medianNs, p99Ns, meanNs: Double
  /// How often it was done.
  let calls: Int

  /// At the median: what other processes took away in between is not in it.
  var perSecond: Double { medianNs > 0 ? 1e9 / medianNs : 0 }

  /// Times `work` for so many seconds, and at least a few times.
  ///
  /// - Parameter units: what one call does, that a unit's time be told
  init(seconds: Double, units: Int = 1, work: () throws -> Void) rethrows {
    let cost = Timing.clockCost
    // Caches and branches first learn what is to come.
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

  /// What two looks at the clock take themselves.
  private static let clockCost: Int64 = {
    let times = (0..<1000).map { _ in
      let start = Clock.nanoseconds
      return Clock.nanoseconds - start
    }
    return times.sorted()[500]
  }()
}
