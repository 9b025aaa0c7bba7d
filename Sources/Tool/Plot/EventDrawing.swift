// SPDX-License-Identifier: MIT

/// Checkpoints, kills and resumes: lines through the panels, and a strip below them.
struct EventDrawing {
  private let chart: Chart
  private let layout: ChartLayout
  private let x: Scale

  init(_ chart: Chart, _ layout: ChartLayout, _ x: Scale) {
    (self.chart, self.layout, self.x) = (chart, layout, x)
  }

  /// Samples that were stepped again, drawn before the traces and wide enough to be seen.
  func shades(_ frame: ChartLayout.Frame) -> String {
    chart.replayed.map { range in
      let from = x(range.lowerBound), to = max(x(range.upperBound), from + 1.5)
      return Markup.rectangle(from, frame.top, to - from, frame.bottom - frame.top, class: "rp")
    }.joined()
  }

  func lines(_ frame: ChartLayout.Frame) -> String {
    let top = Markup.number(frame.top), bottom = Markup.number(frame.bottom)
    func lines(_ kind: Chart.Mark.Kind) -> String {
      spaced(positions(kind), 3).map { "M\(Markup.number($0)) \(top)V\(bottom)" }.joined()
    }
    return Markup.path(lines(.resume), class: "re") + Markup.path(lines(.kill), class: "ki")
  }

  var rail: String {
    guard let top = layout.rail else { return "" }
    let middle = top + ChartLayout.railHeight / 2
    var result = Markup.rectangle(
      layout.left, top, layout.right - layout.left, ChartLayout.railHeight, class: "ra")
    let ticks = spaced(chart.checkpoints.positions.map { x($0) }, 3).map {
      "M\(Markup.number($0)) \(Markup.number(middle - 4))v8"
    }
    result += Markup.path(ticks.joined(), class: "ck")
    // Left of its line, so that a kill at the same place doesn't cover it.
    result += spaced(positions(.resume), 8).map { Symbols.resume($0 - 6, middle) }.joined()
    result += spaced(positions(.kill), 8).map { Symbols.kill($0, middle) }.joined()
    return result
  }

  private func positions(_ kind: Chart.Mark.Kind) -> [Double] {
    chart.marks.filter { $0.kind == kind && $0.x.isFinite }.map { x($0.x) }
  }

  /// Without positions less than `least` pixels after the one before.
  private func spaced(_ positions: [Double], _ least: Double) -> [Double] {
    var result: [Double] = []
    for position in positions.sorted() where position >= (result.last ?? -.infinity) + least {
      result.append(position)
    }
    return result
  }
}
