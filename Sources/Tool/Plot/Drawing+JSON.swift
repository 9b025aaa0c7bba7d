// SPDX-License-Identifier: MIT

extension Drawing {
  /// The chart's numbers and its layout as JSON, for the page's script.
  ///
  /// The script draws again what changes when a reader zooms. It takes words, symbols, colours and
  /// places from here.
  var json: String {
    var grids: [Grid] = []
    let panels = zip(chart.panels, layout.frames).map { panel, frame in
      let traces = panel.traces.enumerated().map { index, trace in
        let grid = Grid(trace.envelope.buckets)
        let place = grids.firstIndex(of: grid) ?? grids.count
        if place == grids.count { grids.append(grid) }
        return #"{"name":\#(JSON.string(trace.name)),"colour":\#(panel.colour(index)),"#
          + #""grid":\#(place),\#(trace.envelope.json)}"#
      }
      let areas = frame.areas.map { "[\($0.lowerBound),\($0.upperBound)]" }
      return #"""
        {"title":\#(JSON.string(panel.title)),"arrangement":"\#(frame.arrangement)",\#
        "legend":\#(frame.legend.json),"areas":\#(JSON.array(areas)),\#
        "threshold":\#(panel.drawnThreshold.map { "\($0.value)" } ?? "null"),\#
        "traces":\#(JSON.array(traces))}
        """#
    }
    let marks = chart.marks.filter(\.x.isFinite).map {
      #"{"kind":"\#($0.kind)","x":\#($0.x),"note":\#($0.note.map(JSON.string) ?? "null")}"#
    }
    let replayed = chart.replayed.map { "[\($0.lowerBound),\($0.upperBound)]" }
    let samples = chart.panels.flatMap(\.traces).map(\.envelope.count).max() ?? 0
    return #"""
      {"axis":"\#(chart.axis.unit)","isTime":\#(chart.axis == .time),\#
      "isEmpty":\#(chart.extent == nil),"samples":\#(max(1, samples)),\#
      "low":\#(chart.domain.lowerBound),"high":\#(chart.domain.upperBound),
      "layout":{"margin":\#(ChartLayout.margin),"row":\#(ChartLayout.row),\#
      "tickWidth":\#(ChartLayout.tickWidth),"tickHeight":\#(ChartLayout.tickHeight),\#
      "rail":\#(layout.rail.map { "\($0)" } ?? "null"),\#
      "axis":\#(layout.axis),"height":\#(layout.height)},
      "symbols":{"kill":\#(JSON.string(Symbols.kill(0, 0))),\#
      "resume":\#(JSON.string(Symbols.resume(0, 0)))},
      "timeSteps":\#(JSON.array(TimeTicks.steps.map(\.json))),
      "heading":\#(JSON.array(layout.heading.map(\.json))),
      "grids":\#(JSON.array(grids.map(\.json))),
      "panels":\#(JSON.array(panels)),
      "checkpoints":\#(JSON.base64(chart.checkpoints.positions.map(\.bitPattern))),
      "marks":\#(JSON.array(marks)),"replayed":\#(JSON.array(replayed))}
      """#
  }
}

/// Where the buckets of a trace are; traces of one stream share it.
private struct Grid: Equatable {
  private let first: [Double]
  private let last: [Double]
  private let samples: [UInt32]

  init(_ buckets: [Envelope.Bucket]) {
    first = buckets.map(\.first)
    last = buckets.map(\.last)
    samples = buckets.map { UInt32(clamping: $0.count + $0.missing) }
  }

  var json: String {
    let last = last == first ? "null" : JSON.base64(last.map(\.bitPattern))
    let samples = samples.allSatisfy { $0 == 1 } ? "null" : JSON.base64(samples)
    let first = JSON.base64(first.map(\.bitPattern))
    return #"{"first":\#(first),"last":\#(last),"samples":\#(samples)}"#
  }
}

extension Envelope {
  /// Values, and how far from the beginning of their buckets they are.
  fileprivate var json: String {
    let values = buckets.flatMap { [$0.minimum.bitPattern, $0.maximum.bitPattern] }
    let offsets = buckets.flatMap {
      [Float($0.minimumAt - $0.first).bitPattern, Float($0.maximumAt - $0.first).bitPattern]
    }
    let missing = buckets.map { UInt32(clamping: $0.missing) }
    let isOfSamples = buckets.allSatisfy { $0.first == $0.last }
    return #"""
      "values":\#(JSON.base64(values)),"offsets":\#(isOfSamples ? "null" : JSON.base64(offsets)),\#
      "missing":\#(missing.allSatisfy { $0 == 0 } ? "null" : JSON.base64(missing))
      """#
  }
}

extension Legend {
  fileprivate var json: String {
    let items = items.map { item in
      let symbol = item.symbol
      return #"""
        {"text":\#(JSON.string(item.text)),"textClass":"\#(symbol.textClass ?? "")",\#
        "size":\#(symbol.textSize),"weight":\#(symbol.isBold ? 600 : 400),\#
        "symbol":\#(JSON.string(Symbols.drawn(symbol, x: 0, middle: 0))),\#
        "before":\#(symbol.width),"after":\#(symbol.space)}
        """#
    }
    return #"{"top":\#(top),"rows":\#(rows),"items":\#(JSON.array(items))}"#
  }
}

extension TimeTicks.Step {
  var json: String {
    #"{"unit":"\#(unit)","count":\#(count),"length":\#(length),"pixels":\#(pixels)}"#
  }
}
