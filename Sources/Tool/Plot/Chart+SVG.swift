// SPDX-License-Identifier: MIT

import LeatNotation

extension Chart {
  /// The chart as an SVG file.
  ///
  /// - Parameters:
  ///   - width: in pixels, 240 at least
  ///   - height: in pixels; the chart is higher if its traces need it, and nil chooses a height
  ///   - theme: `auto` needs a viewer with media queries
  public func svg(width: Int = 960, height: Int? = nil, theme: Theme = .auto) -> String {
    let drawing = Drawing(self, width: Double(max(240, width)), height: height.map(Double.init))
    return Chart.svg(drawing, style: "<style>\(theme.css)</style>\n")
  }

  static func svg(_ drawing: Drawing, style: String) -> String {
    let width = Markup.number(drawing.layout.width), height = Markup.number(drawing.layout.height)
    return """
      <svg xmlns="http://www.w3.org/2000/svg" class="leat-plot" width="\(width)" \
      height="\(height)" viewBox="0 0 \(width) \(height)" role="img" \
      aria-labelledby="leat-title leat-description">
      <title id="leat-title">\(Markup.escaped(drawing.chart.title))</title>
      <desc id="leat-description">\(Markup.escaped(drawing.chart.summary))</desc>
      \(style)\(drawing.elements)
      </svg>

      """
  }

  /// The chart in words, for readers who can't see it.
  var summary: String {
    var parts = subtitle.map { [$0] } ?? []
    if let extent {
      func place(_ value: Double) -> String {
        if axis == .time && value.magnitude < 6e10 {
          return "\(CivilTime(Int(value.rounded(.down))).text) UTC"
        }
        let number = Decimal(value, significant: 15).text()
        return axis == .seconds ? "\(number) s" : "sample \(number)"
      }
      parts.append("From \(place(extent.lowerBound)) to \(place(extent.upperBound))")
    }
    for panel in panels {
      let traces = panel.traces.prefix(Panel.mostColours).map { trace in
        let range = trace.range.map {
          " \(AxisNotation.text(Float($0.lowerBound))) to \(AxisNotation.text(Float($0.upperBound)))"
        }
        return trace.name + (range ?? " without values")
      }
      let more = panel.traces.count - traces.count
      let rest = more > 0 ? ["and \(more) more"] : []
      parts.append("\(panel.title): \((traces + rest).joined(separator: ", "))")
    }
    let events = Legend(events: self, width: .infinity).items.map(\.text)
    if !events.isEmpty { parts.append(events.joined(separator: ", ")) }
    return parts.joined(separator: ". ")
  }
}
