// SPDX-License-Identifier: MIT

/// A chart as SVG elements, without the root and the style.
struct Drawing {
  /// With short names.
  let chart: Chart
  let layout: Layout
  private let x: Scale

  init(_ chart: Chart, width: Double, height: Double?) {
    let chart = chart.withShortNames
    self.chart = chart
    layout = Layout(chart, width: width, height: height)
    x = Scale(domain: chart.domain, from: layout.left, to: layout.right)
  }

  var elements: String {
    var parts = [Markup.rectangle(0, 0, layout.width, layout.height, class: "bg"), heading]
    parts.append(layout.eventLegend.drawn(left: Layout.margin, top: layout.eventLegendTop))
    if chart.panels.isEmpty {
      parts.append(Markup.text("no panels", layout.width / 2, layout.axis, class: "mu mi"))
    }
    let ticks = AxisDrawing(chart, layout, x)
    let events = EventDrawing(chart, layout, x)
    for (panel, frame) in zip(chart.panels, layout.frames) {
      parts.append(frame.legend.drawn(left: Layout.margin, top: frame.header))
      parts.append(ticks.grid(frame) + events.shades(frame))
      parts.append(PanelDrawing(panel, frame, layout, x, column: column).elements)
      parts.append(events.lines(frame))
    }
    parts.append(events.rail)
    parts.append(ticks.labels)
    return parts.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  /// Pixels to a column of a trace. Many traces have coarser ones, so that the file has no more
  /// than 300,000 bytes: a column takes about 16.
  private var column: Double {
    let traces = chart.panels.reduce(0) { $0 + $1.traces.count }
    return max(1, Double(traces) * (layout.right - layout.left) * 16 / 280_000)
  }

  private var heading: String {
    let room = layout.right - Layout.margin
    let title = TextWidth.fitted(chart.title, to: room, size: 17, bold: true)
    var result = Markup.text(title, Layout.margin, Layout.margin + 14, class: "ti")
    if let subtitle = chart.subtitle {
      let fitted = TextWidth.fitted(subtitle, to: room, size: 12)
      result += Markup.text(fitted, Layout.margin, Layout.margin + 34, class: "mu")
    }
    return result
  }
}
