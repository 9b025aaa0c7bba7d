// SPDX-License-Identifier: MIT

/// One panel's scale and traces.
struct PanelDrawing {
  private let panel: Chart.Panel
  private let frame: ChartLayout.Frame
  private let layout: ChartLayout
  private let x: Scale
  private let column: Double

  init(
    _ panel: Chart.Panel, _ frame: ChartLayout.Frame, _ layout: ChartLayout, _ x: Scale,
    column: Double
  ) {
    (self.panel, self.frame, self.layout, self.x) = (panel, frame, layout, x)
    self.column = column
  }

  var elements: String { frame.arrangement == .lanes ? lanes : shared }

  private var shared: String {
    guard let domain = frame.domain else {
      return Markup.text(
        "no values", (layout.left + layout.right) / 2, (frame.top + frame.bottom) / 2 + 4,
        class: "mu mi")
    }
    let y = Scale(domain: domain, from: frame.bottom, to: frame.top)
    var result = frame.ticks.map { tick in
      Markup.text(tick.label, layout.left - 8, y(tick.value) + 4, class: "mu en")
    }.joined()
    if let threshold = panel.drawnThreshold {
      let from = Markup.number(layout.left), at = Markup.number(y(Double(threshold.value)))
      result += Markup.path("M\(from) \(at)H\(Markup.number(layout.right))", class: "th")
    }
    for (index, trace) in panel.traces.enumerated() {
      result += drawn(trace, y, colour: panel.colour(index))
    }
    return result
  }

  private var lanes: String {
    var result = ""
    for (index, (trace, area)) in zip(panel.traces, frame.areas).enumerated() {
      let range = trace.range
      let note =
        range.map { range in
          let low = AxisNotation.text(Float(range.lowerBound))
          return range.lowerBound == range.upperBound
            ? "always \(low)" : "\(low) to \(AxisNotation.text(Float(range.upperBound)))"
        } ?? "no values"
      let room = layout.right - layout.left - TextWidth.of(note, size: 11) - 16
      result += Markup.text(
        TextWidth.fitted(trace.name, to: room, size: 11), layout.left, area.lowerBound - 4,
        class: "sm")
      result += Markup.text(note, layout.right, area.lowerBound - 4, class: "sm mu en")
      guard let domain = panel.domain(of: [trace]) else { continue }
      let y = Scale(domain: domain, from: area.upperBound, to: area.lowerBound)
      result += drawn(trace, y, colour: panel.colour(index))
    }
    return result
  }

  private func drawn(_ trace: Chart.Trace, _ y: Scale, colour: Int) -> String {
    let extra = frame.arrangement == .overlay ? " ov" : ""
    let path = TracePath(trace.envelope, x: x, y: y, column: column)
    // The round ends of a line without length are a point.
    let points = path.points.map {
      "M\(Markup.number($0.x)) \(Markup.number($0.y))h0"
    }.joined()
    return Markup.path(path.data, class: "tr s\(colour)\(extra)")
      + Markup.path(points, class: "tr pt s\(colour)")
  }
}
