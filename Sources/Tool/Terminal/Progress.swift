// SPDX-License-Identifier: MIT

/// A line on standard error that tells how far a long work is: on a terminal only, some ten times a
/// second, and gone when the work is done.
struct Progress {
  private let unit: String
  private let start = ContinuousClock.now
  private var shown: ContinuousClock.Instant?
  private let isShown: Bool
  /// What was done of the work before this began.
  private let before: (count: UInt64, fraction: Double)

  /// - Parameters:
  ///   - unit: what is counted, "samples"
  ///   - before: what was done of the work before; it counts, but tells nothing of the speed
  init(unit: String, isWanted: Bool = true, before: (count: UInt64, fraction: Double) = (0, 0)) {
    (self.unit, self.before) = (unit, before)
    isShown = isWanted && Terminal.errorIsTerminal
  }

  /// Seconds since it began.
  var elapsed: Double { (ContinuousClock.now - start).seconds }

  /// - Parameters:
  ///   - count: how many are done, with those before
  ///   - fraction: of the whole work, if it's known
  mutating func update(count: UInt64, fraction: Double?) {
    guard isShown else { return }
    let now = ContinuousClock.now
    guard shown.map({ now - $0 > .milliseconds(100) }) ?? (now - start > .milliseconds(200)) else {
      return
    }
    shown = now
    let elapsed = elapsed
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

  /// Takes the line away.
  mutating func finish() {
    guard shown != nil else { return }
    Terminal.writeError("\r\u{1b}[K")
    shown = nil
  }
}

extension Duration {
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
