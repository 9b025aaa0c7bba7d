// SPDX-License-Identifier: MIT

/// From values to pixels.
struct Scale {
  let domain: ClosedRange<Double>
  /// Where the domain's lower and upper end are, which need not be the smaller one first.
  let from: Double
  let to: Double

  func callAsFunction(_ value: Double) -> Double {
    let span = domain.upperBound - domain.lowerBound
    return from + (value - domain.lowerBound) / span * (to - from)
  }
}

extension Chart {
  /// The x axis's, never empty.
  var domain: ClosedRange<Double> {
    guard let extent else { return 0...1 }
    // A narrower one can't be divided into pixels.
    if extent.upperBound - extent.lowerBound > 1e-290 { return extent }
    let room = max(axis == .time ? 30 : 0.5, extent.lowerBound.magnitude * 1e-9)
    return extent.lowerBound - room...extent.lowerBound + room
  }
}

extension Chart.Trace {
  /// From the smallest to the largest value; nil when all are missing.
  var range: ClosedRange<Double>? {
    var result: (low: Float, high: Float)?
    for bucket in envelope.buckets where bucket.count > 0 {
      result = (
        min(result?.low ?? bucket.minimum, bucket.minimum),
        max(result?.high ?? bucket.maximum, bucket.maximum)
      )
    }
    return result.map { Double($0.low)...Double($0.high) }
  }
}

extension Chart.Panel {
  /// How its traces share it.
  enum Arrangement: String {
    /// One scale for all.
    case shared
    /// Each has a lane and a scale of its own: they differ too much in size, or are too many.
    case lanes
    /// One scale and one colour: too many to be told apart.
    case overlay
  }

  static let mostColours = 8
  static let mostLanes = 48

  var arrangement: Arrangement {
    if traces.count > Self.mostLanes { return .overlay }
    if traces.count > Self.mostColours { return .lanes }
    let ranges = traces.compactMap(\.range)
    guard let low = ranges.map(\.lowerBound).min(), let high = ranges.map(\.upperBound).max() else {
      return .shared
    }
    // One that moves, but by so little of the whole that it would look constant.
    let isFlattened = ranges.contains {
      let span = $0.upperBound - $0.lowerBound
      return span > 0 && span < (high - low) / 25
    }
    return isFlattened ? .lanes : .shared
  }

  /// A scale's values for these traces, with room above and below, never empty.
  func domain(of traces: [Chart.Trace]) -> ClosedRange<Double>? {
    var ranges = traces.compactMap(\.range)
    if ranges.isEmpty { return nil }
    if let value = drawnThreshold.map({ Double($0.value) }) { ranges.append(value...value) }
    guard let low = ranges.map(\.lowerBound).min(), let high = ranges.map(\.upperBound).max() else {
      return nil
    }
    let room = low < high ? (high - low) * 0.06 : low == 0 ? 1 : low.magnitude * 0.1
    return low - room...high + room
  }

  /// Traces with scales of their own have no place for one.
  var drawnThreshold: Chart.Threshold? {
    arrangement != .lanes && threshold?.value.isFinite == true ? threshold : nil
  }
}
