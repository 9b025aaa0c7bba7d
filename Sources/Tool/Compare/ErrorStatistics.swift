// SPDX-License-Identifier: MIT

/// The errors of one output over many steps.
struct ErrorStatistics {
  private(set) var steps = 0
  /// NaN counts as infinite.
  private(set) var largest = 0.0
  private(set) var largestStep = 0
  private var squares = 0.0
  private var least = Double.infinity
  private var most = -Double.infinity

  mutating func add(_ value: Double, expected: Double) {
    let error = (value - expected).magnitude
    let size = error.isNaN ? .infinity : error
    if size > largest { (largest, largestStep) = (size, steps) }
    squares += size * size
    (least, most) = (min(least, expected), max(most, expected))
    steps += 1
  }

  var rms: Double { steps > 0 ? (squares / Double(steps)).squareRoot() : 0 }

  /// From the least to the greatest expected value.
  var range: Double { steps > 0 ? most - least : 0 }

  /// The greatest magnitude of an expected value.
  var magnitude: Double { steps > 0 ? max(most.magnitude, least.magnitude) : 0 }
}

/// The errors of one output, as JSON has them.
struct OutputError: Encodable {
  let index: Int
  let largestError, rmsError: Double
  let largestErrorStep: Int
  /// From the least to the greatest expected value.
  let range: Double
  /// The error that the tolerance allows; nil where there is no tolerance.
  let allowedError: Double?

  init(_ index: Int, _ statistics: ErrorStatistics, allowed: Double? = nil) {
    (self.index, allowedError) = (index, allowed)
    (largestError, rmsError) = (statistics.largest, statistics.rms)
    (largestErrorStep, range) = (statistics.largestStep, statistics.range)
  }
}
