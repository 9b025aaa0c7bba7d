// SPDX-License-Identifier: MIT

import LeatNotation

/// A place on an axis, with its label.
struct Tick: Equatable {
  var value: Double
  var label: String
  /// The day of hours, or the year of months, where it changes.
  var context: String?
}

enum NumberTicks {
  /// Multiples of 1, 2 or 5 times a power of ten.
  ///
  /// - Parameter count: about the most ticks that there is room for
  static func over(_ range: ClosedRange<Double>, count: Int) -> [Tick] {
    let numbers = steps(range, count: count)
    let magnitude = numbers.filter { $0.digits != 0 }.map(\.magnitude).max() ?? 0
    let notation = AxisNotation(magnitude: magnitude)
    // Thousands and more that differ in their last digits are written in full.
    let inFull = numbers.contains {
      $0.exponent >= 0 && 4...8 ~= magnitude && magnitude - $0.exponent >= 4
    }
    return numbers.map {
      let label = inFull ? Int($0.value).grouped(minus: "\u{2212}") : notation.text($0)
      return Tick(value: $0.value, label: label)
    }
  }

  /// The same for positions in a stream, which are whole numbers. Short ones are written in full.
  static func positions(_ range: ClosedRange<Double>, count: Int) -> [Tick] {
    if range.upperBound >= 1e7 { return over(range, count: count) }
    let span = Int(min(1e7, range.upperBound - range.lowerBound))
    return steps(range, count: min(count, max(1, span))).filter { $0.exponent >= 0 }.map {
      Tick(value: $0.value, label: Int($0.value).grouped(minus: "\u{2212}"))
    }
  }

  private static func steps(_ range: ClosedRange<Double>, count: Int) -> [Decimal] {
    let span = range.upperBound - range.lowerBound
    guard span > 0, span.isFinite else { return [] }
    let raw = span / Double(max(1, count))
    var exponent = Decimal.exponent(of: raw)
    // A rounding error above a step must not choose the next step.
    let leading = raw / Decimal.power(exponent) * (1 - 1e-9)
    var factor = leading <= 1 ? 1 : leading <= 2 ? 2 : leading <= 5 ? 5 : 10
    if factor == 10 { (factor, exponent) = (1, exponent + 1) }
    let step = Decimal(digits: factor, exponent: exponent).value
    let (low, high) = (range.lowerBound / step, range.upperBound / step)
    guard low.magnitude < 1e15, high.magnitude < 1e15 else { return [] }
    let first = Int((low - 1e-9).rounded(.up)), last = Int((high + 1e-9).rounded(.down))
    guard first <= last else { return [] }
    return (first...last).map { Decimal(digits: $0 * factor, exponent: exponent) }
  }
}
