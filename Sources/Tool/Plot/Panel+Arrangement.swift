// SPDX-License-Identifier: MIT

extension Chart.Panel {
  /// How the traces of a panel share its area.
  enum Arrangement {
    /// One scale for all traces.
    case shared
    /// A lane and a scale for each trace: they differ too much in size, or are too many.
    case lanes
    /// One scale and one colour: the traces are too many for lanes.
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
    // A trace that varies, but so little that it would look constant.
    let isFlattened = ranges.contains {
      let span = $0.upperBound - $0.lowerBound
      return span > 0 && span < (high - low) / 25
    }
    return isFlattened ? .lanes : .shared
  }

  /// The number of a trace's colour. Those of an overlay have one.
  func colour(_ index: Int) -> Int {
    traces.count > Self.mostLanes ? 0 : index % Self.mostColours
  }

  /// The range of a scale for these traces, with room above and below, never empty.
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

  /// Lanes have no common scale for one.
  var drawnThreshold: Chart.Threshold? {
    arrangement != .lanes && threshold?.value.isFinite == true ? threshold : nil
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
