// SPDX-License-Identifier: MIT

/// A chart's numbers and its layout, for the page's script.
///
/// The script draws again what changes when a reader zooms. Words, symbols, colours and places come
/// from here.
struct EmbeddedData {
  /// Where the buckets of a trace are; traces of one stream share it.
  private struct Grid: Equatable {
    var first: [Double]
    var last: [Double]
    var samples: [Int]
  }

  let json: String

  init(_ drawing: Drawing) {
    let (chart, layout) = (drawing.chart, drawing.layout)
    var grids: [Grid] = []
    let panels = zip(chart.panels, layout.frames).map { panel, frame in
      let traces = panel.traces.enumerated().map { index, trace in
        let buckets = trace.envelope.buckets
        let grid = Grid(
          first: buckets.map(\.first), last: buckets.map(\.last),
          samples: buckets.map { $0.count + $0.missing })
        let place = grids.firstIndex(of: grid) ?? grids.count
        if place == grids.count { grids.append(grid) }
        return Self.trace(trace.name, buckets, colour: panel.colour(index), grid: place)
      }
      return JSON.object([
        "title": JSON.string(panel.title), "arrangement": "\"\(panel.arrangement)\"",
        "legend": Self.legend(frame.legend),
        "areas": JSON.array(frame.areas.map { "[\($0.lowerBound),\($0.upperBound)]" }),
        "threshold": panel.drawnThreshold.map { "\($0.value)" },
        "traces": JSON.array(traces),
      ])
    }
    let marks = chart.marks.filter(\.x.isFinite).map {
      JSON.object([
        "kind": "\"\($0.kind)\"", "x": "\($0.x)", "note": $0.note.map(JSON.string),
      ])
    }
    let domain = chart.domain
    let samples = chart.panels.flatMap(\.traces).map(\.envelope.count).max() ?? 1
    json = JSON.object([
      "axis": "\"\(chart.axis.unit)\"", "isTime": "\(chart.axis == .time)",
      "isEmpty": "\(chart.extent == nil)",
      "low": "\(domain.lowerBound)", "high": "\(domain.upperBound)",
      "samples": "\(max(1, samples))",
      "layout": Self.layout(layout), "timeSteps": Self.timeSteps,
      "heading": JSON.array(layout.heading.map(Self.legend)),
      "symbols": JSON.object([
        "kill": JSON.string(Symbols.kill(0, 0)), "resume": JSON.string(Symbols.resume(0, 0)),
      ]),
      "grids": JSON.array(grids.map(Self.text)), "panels": JSON.array(panels),
      "checkpoints": JSON.base64(chart.checkpoints.positions.map(\.bitPattern)),
      "marks": JSON.array(marks),
      "replayed": JSON.array(chart.replayed.map { "[\($0.lowerBound),\($0.upperBound)]" }),
    ])
  }

  private static func layout(_ layout: Layout) -> String {
    JSON.object([
      "margin": "\(Layout.margin)", "row": "\(Layout.row)",
      "tickWidth": "\(Layout.tickWidth)", "tickHeight": "\(Layout.tickHeight)",
      "rail": layout.rail.map { "\($0)" }, "axis": "\(layout.axis)", "height": "\(layout.height)",
    ])
  }

  static var timeSteps: String {
    JSON.array(
      TimeTicks.steps.map {
        JSON.object([
          "unit": "\"\($0.unit)\"", "count": "\($0.count)", "length": "\($0.length)",
          "pixels": "\($0.pixels)",
        ])
      })
  }

  private static func legend(_ legend: Legend) -> String {
    let items = legend.items.map { item in
      JSON.object([
        "text": JSON.string(item.text), "textClass": "\"\(item.symbol.textClass ?? "")\"",
        "size": "\(item.symbol.textSize)", "weight": item.symbol.isBold ? "600" : "400",
        "symbol": JSON.string(Symbols.drawn(item.symbol, x: 0, middle: 0)),
        "before": "\(item.symbol.width)", "after": "\(item.symbol.space)",
      ])
    }
    return JSON.object([
      "top": "\(legend.top)", "rows": "\(legend.rows)", "items": JSON.array(items),
    ])
  }

  private static func text(_ grid: Grid) -> String {
    JSON.object([
      "first": JSON.base64(grid.first.map(\.bitPattern)),
      "last": grid.last == grid.first ? nil : JSON.base64(grid.last.map(\.bitPattern)),
      "samples": grid.samples.allSatisfy { $0 == 1 }
        ? nil : JSON.base64(grid.samples.map { UInt32(clamping: $0) }),
    ])
  }

  private static func trace(
    _ name: String, _ buckets: [Envelope.Bucket], colour: Int, grid: Int
  ) -> String {
    let offsets = buckets.flatMap {
      [Float($0.minimumAt - $0.first).bitPattern, Float($0.maximumAt - $0.first).bitPattern]
    }
    return JSON.object([
      "name": JSON.string(name), "colour": "\(colour)", "grid": "\(grid)",
      "values": JSON.base64(buckets.flatMap { [$0.minimum.bitPattern, $0.maximum.bitPattern] }),
      "offsets": buckets.allSatisfy { $0.first == $0.last } ? nil : JSON.base64(offsets),
      "missing": buckets.allSatisfy { $0.missing == 0 }
        ? nil : JSON.base64(buckets.map { UInt32(clamping: $0.missing) }),
    ])
  }
}
