// SPDX-License-Identifier: MIT

/// How far one output is from what it should be, over many steps.
struct Difference {
  private(set) var steps = 0
  /// The largest, and where it is; NaN counts as infinite.
  private(set) var largest = 0.0
  private(set) var largestStep = 0
  private var squares = 0.0
  private var least = Double.infinity
  private var most = -Double.infinity

  mutating func add(_ value: Double, expected: Double) {
    let error = (value - expected).magnitude
    let known = error.isNaN ? .infinity : error
    if known > largest { (largest, largestStep) = (known, steps) }
    squares += known * known
    (least, most) = (min(least, expected), max(most, expected))
    steps += 1
  }

  var rms: Double { steps > 0 ? (squares / Double(steps)).squareRoot() : 0 }

  /// From the least to the greatest that was expected.
  var range: Double { steps > 0 ? most - least : 0 }

  /// The greatest magnitude that was expected.
  var magnitude: Double { steps > 0 ? max(most.magnitude, least.magnitude) : 0 }
}
