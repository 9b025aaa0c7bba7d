// SPDX-License-Identifier: MIT

/// A chart as SVG elements, without the root and the style.
struct Drawing {
  /// The chart with short names.
  let chart: Chart
  let layout: ChartLayout
  private let x: Scale

  init(_ chart: Chart, width: Double, height: Double?) {
    let chart = chart.withShortNames
    self.chart = chart
    layout = ChartLayout(chart, width: width, height: height)
    x = Scale(domain: chart.domain, from: layout.left, to: layout.right)
  }

  var elements: String {
    var parts = [Markup.rectangle(0, 0, layout.width, layout.height, class: "bg")]
    parts += layout.heading.map { $0.drawn(left: ChartLayout.margin) }
    if chart.panels.isEmpty {
      parts.append(Markup.text("no panels", layout.width / 2, layout.axis, class: "mu mi"))
    }
    let ticks = AxisDrawing(chart, layout, x)
    let events = EventDrawing(chart, layout, x)
    for (panel, frame) in zip(chart.panels, layout.frames) {
      parts.append(frame.legend.drawn(left: ChartLayout.margin))
      parts.append(ticks.grid(frame) + events.shades(frame))
      parts.append(PanelDrawing(panel, frame, layout, x, column: column).elements)
      parts.append(events.lines(frame))
    }
    parts.append(events.rail)
    parts.append(ticks.labels)
    return parts.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  /// Pixels in a column of a trace. Many traces have wider columns, so that a file has at most
  /// 300,000 bytes: a column takes about 16.
  private var column: Double {
    let traces = chart.panels.reduce(0) { $0 + $1.traces.count }
    return max(1, Double(traces) * (layout.right - layout.left) * 16 / 280_000)
  }
}
