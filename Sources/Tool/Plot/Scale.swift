// SPDX-License-Identifier: MIT

/// From values to pixels.
struct Scale {
  let domain: ClosedRange<Double>
  /// The pixels of the domain's lower and upper bound, in either order.
  let from: Double
  let to: Double

  func callAsFunction(_ value: Double) -> Double {
    let span = domain.upperBound - domain.lowerBound
    return from + (value - domain.lowerBound) / span * (to - from)
  }
}
