// SPDX-License-Identifier: MIT

/// Where everything is, in pixels. The page's script places things by the same numbers.
struct Layout {
  /// A panel's place.
  struct Frame {
    var header: Double
    /// Of each lane, or of the one that all traces share.
    var areas: [ClosedRange<Double>]
    /// Of the shared scale.
    var domain: ClosedRange<Double>?
    var ticks: [Tick]
    var legend: Legend
    var arrangement: Chart.Panel.Arrangement

    var top: Double { areas[0].lowerBound }
    var bottom: Double { areas[areas.count - 1].upperBound }
  }

  static let margin = 16.0
  static let row = 18.0
  static let laneText = 16.0
  static let laneArea = 26.0
  static let railHeight = 18.0
  static let sharedHeight = 150.0
  static let leastSharedHeight = 48.0

  let width: Double
  private(set) var height: Double
  private(set) var left: Double
  let right: Double
  private(set) var eventLegend: Legend
  private(set) var eventLegendTop: Double
  private(set) var frames: [Frame] = []
  /// The top of the strip of events, when there are any.
  private(set) var rail: Double?
  private(set) var axis: Double

  init(_ chart: Chart, width: Double, height wanted: Double?) {
    self.width = width
    right = width - Self.margin
    let room = right - Self.margin
    eventLegend = Legend(events: chart, width: room)

    var y = Self.margin + 22
    if chart.subtitle != nil { y += Self.row }
    eventLegendTop = y
    y += Double(eventLegend.rows) * Self.row

    // Panels with one scale share what height is left; lanes are as high as they are.
    let legends = chart.panels.map { Legend($0, width: room) }
    let arrangements = chart.panels.map(\.arrangement)
    let hasEvents = eventLegend.rows > 0
    let footer = (hasEvents ? Self.railHeight + 4 : 0) + 16 + Self.row + 14
    var fixed = y + footer
    var shared = 0
    for (index, panel) in chart.panels.enumerated() {
      fixed += 8 + Double(legends[index].rows) * Self.row + 6
      if arrangements[index] == .lanes {
        fixed += Double(panel.traces.count) * (Self.laneText + Self.laneArea)
      } else {
        shared += 1
      }
    }
    let each =
      wanted.map { max(Self.leastSharedHeight, ($0 - fixed) / Double(max(1, shared))) }
      ?? Self.sharedHeight

    var widest = 0.0
    for (index, panel) in chart.panels.enumerated() {
      y += 8
      let header = y
      y += Double(legends[index].rows) * Self.row + 6
      var frame = Frame(
        header: header, areas: [], ticks: [], legend: legends[index],
        arrangement: arrangements[index])
      if arrangements[index] == .lanes {
        for _ in panel.traces {
          frame.areas.append(y + Self.laneText...y + Self.laneText + Self.laneArea)
          y += Self.laneText + Self.laneArea
        }
      } else {
        frame.areas = [y...y + each]
        y += each
        frame.domain = panel.domain(of: panel.traces)
        frame.ticks = frame.domain.map { NumberTicks.over($0, count: max(2, Int(each / 26))) } ?? []
        widest = frame.ticks.map { TextWidth.of($0.label, size: 12) }.reduce(widest, max)
      }
      frames.append(frame)
    }
    left = Self.margin + (widest > 0 ? widest + 8 : 0)
    if hasEvents {
      y += 4
      rail = y
      y += Self.railHeight
    }
    axis = y
    self.height = y + 16 + Self.row + 14
  }
}
