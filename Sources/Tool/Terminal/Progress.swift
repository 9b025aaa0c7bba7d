// SPDX-License-Identifier: MIT

/// A line on standard error that tells the progress of long work: on a terminal only, about ten
/// times a second. It is removed when the work is done.
struct Progress {
  private let unit: String
  private let start = ContinuousClock.now
  private var shown: ContinuousClock.Instant?
  private let isShown: Bool
  /// The part of the work that was done before this object was made.
  private let before: (count: UInt64, fraction: Double)

  /// - Parameters:
  ///   - unit: what is counted: "samples"
  ///   - before: work that was done before: it counts, except for the speed
  init(unit: String, isQuiet: Bool = false, before: (count: UInt64, fraction: Double) = (0, 0)) {
    (self.unit, self.before) = (unit, before)
    isShown = !isQuiet && Terminal.errorIsTerminal
  }

  /// - Parameters:
  ///   - count: how many are done, with those before
  ///   - fraction: the part of the whole work that is done; nil when the whole isn't known
  mutating func update(count: UInt64, fraction: Double?) {
    guard isShown else { return }
    let now = ContinuousClock.now
    guard shown.map({ now - $0 > .milliseconds(100) }) ?? (now - start > .milliseconds(200)) else {
      return
    }
    shown = now
    let elapsed = (now - start).seconds
    var line = "\(Figures.grouped(count)) \(unit)"
    let since = count - min(count, before.count)
    line += ", \(Figures.grouped(UInt64(Double(since) / elapsed))) a second"
    if let fraction, fraction > before.fraction {
      line = "\(Figures.decimal(100 * min(1, fraction), places: 0)) %  \(line)"
      let seconds = elapsed * max(0, 1 - fraction) / (fraction - before.fraction)
      line += ", \(Figures.duration(seconds: seconds)) to go"
    }
    Terminal.writeError("\r\u{1b}[K\(line.prefix(max(20, Terminal.size.columns - 1)))")
  }

  mutating func update(count: UInt64, total: UInt64) {
    update(count: count, fraction: total > 0 ? Double(count) / Double(total) : nil)
  }

  /// Removes the line.
  mutating func finish() {
    guard shown != nil else { return }
    Terminal.writeError("\r\u{1b}[K")
    shown = nil
  }
}
