// SPDX-License-Identifier: MIT

/// So many samples a second, from when it was made.
struct Pace {
  private let rate: Double
  private let start = ContinuousClock.now

  init(rate: Double) { self.rate = rate }

  /// Seconds to wait before looking again.
  var interval: Double { min(1, max(0.002, 1 / rate)) }

  /// How many more are due.
  func samples(behind taken: UInt64) -> Int {
    let due = (ContinuousClock.now - start).seconds * rate
    return Int(max(0, due - Double(taken)))
  }
}
