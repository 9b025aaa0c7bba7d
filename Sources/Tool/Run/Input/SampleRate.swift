// SPDX-License-Identifier: MIT

/// Limits a run to a number of samples a second, from when this was made.
struct SampleRate {
  private let perSecond: Double
  private let start = ContinuousClock.now

  init(perSecond: Double) { self.perSecond = perSecond }

  /// Seconds to wait when no sample is due.
  var interval: Double { min(1, max(0.002, 1 / perSecond)) }

  /// How many samples are due.
  ///
  /// - Parameter done: those that were stepped
  func due(done: UInt64) -> Int {
    let all = (ContinuousClock.now - start).seconds * perSecond
    return Int(max(0, all - Double(done)))
  }
}
