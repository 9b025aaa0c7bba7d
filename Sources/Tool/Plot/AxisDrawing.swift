// SPDX-License-Identifier: MIT

extension Chart.Axis {
  /// The word at the right end of the axis.
  var unit: String {
    switch self {
    case .samples: "sample"
    case .seconds: "s"
    case .time: "UTC"
    }
  }
}

/// The x axis: a grid in the panels, and labels below them.
struct AxisDrawing {
  private let layout: ChartLayout
  private let x: Scale
  private let ticks: [Tick]
  private let name: String

  init(_ chart: Chart, _ layout: ChartLayout, _ x: Scale) {
    self.layout = layout
    self.x = x
    name = chart.axis.unit
    guard chart.extent != nil else {
      ticks = []
      return
    }
    let room = layout.right - layout.left
    switch chart.axis {
    case .time: ticks = TimeTicks.over(x.domain, room: room)
    case .samples: ticks = NumberTicks.positions(x.domain, count: Int(room / ChartLayout.tickWidth))
    case .seconds: ticks = NumberTicks.over(x.domain, count: Int(room / ChartLayout.tickWidth))
    }
  }

  /// Lines at the ticks of both axes.
  func grid(_ frame: ChartLayout.Frame) -> String {
    let left = Markup.number(layout.left), right = Markup.number(layout.right)
    var data = ""
    for tick in ticks {
      data += "M\(crisp(x(tick.value))) \(Markup.number(frame.top))V\(Markup.number(frame.bottom))"
    }
    if let domain = frame.domain {
      let y = Scale(domain: domain, from: frame.bottom, to: frame.top)
      for tick in frame.ticks { data += "M\(left) \(crisp(y(tick.value)))H\(right)" }
    }
    let base = "M\(left) \(crisp(frame.bottom))H\(right)"
    return Markup.path(data, class: "gr") + Markup.path(base, class: "ax")
  }

  /// Through the middle of a pixel: a thin line stays thin.
  private func crisp(_ position: Double) -> String {
    Markup.number(position.rounded(.down) + 0.5)
  }

  var labels: String {
    let top = Markup.number(layout.axis)
    var result = Markup.path(
      ticks.map { "M\(crisp(x($0.value))) \(top)v5" }.joined(), class: "ax")
    var end = -Double.infinity
    for tick in ticks {
      let half = TextWidth.of(tick.label, size: 12) / 2
      let middle = min(max(x(tick.value), half + 4), layout.width - half - 4)
      guard middle - half >= end + 6 else { continue }
      result += Markup.text(tick.label, middle, layout.axis + 17, class: "mu mi")
      end = middle + half
    }
    return result + contexts
  }

  /// Placed from the right: if they crowd, the context at the left edge is left out.
  private var contexts: String {
    let baseline = layout.axis + 16 + ChartLayout.row
    var result = Markup.text(name, layout.right, baseline, class: "mu en")
    var limit = layout.right - TextWidth.of(name, size: 12) - 12
    for tick in ticks.reversed() {
      guard let context = tick.context else { continue }
      let width = TextWidth.of(context, size: 12)
      let half = TextWidth.of(tick.label, size: 12) / 2
      let start = min(max(4, x(tick.value) - half), limit - width)
      guard start >= 0, start > x(tick.value) - half - width else {
        continue
      }
      result += Markup.text(context, start, baseline)
      limit = start - 10
    }
    return result
  }
}
