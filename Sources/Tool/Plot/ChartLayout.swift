// SPDX-License-Identifier: MIT

/// Where everything is, in pixels.
///
/// The page has these numbers for one width. In another width a legend may need more or fewer rows;
/// the script then moves what is below it.
struct ChartLayout {
  /// A panel's place.
  struct Frame {
    /// Of sharedHeight lane, or of the one that all traces share.
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
  /// From one tick to the next, at least: of numbers on the x axis, and on a y axis.
  static let tickWidth = 84.0
  static let tickHeight = 26.0

  let width: Double
  private(set) var height: Double
  private(set) var left: Double
  let right: Double
  /// The title, the subtitle when there is one, and what happened to the stream.
  private(set) var heading: [Legend]
  private(set) var frames: [Frame] = []
  /// The top of the strip of events, when there are any.
  private(set) var rail: Double?
  private(set) var axis: Double

  init(_ chart: Chart, width: Double, height wanted: Double?) {
    self.width = width
    right = width - Self.margin
    let room = right - Self.margin
    heading = [Legend(.title, chart.title, width: room)]
    heading[0].top = Self.margin + 1
    var y = Self.margin + 22
    if let subtitle = chart.subtitle {
      heading.append(Legend(.words, subtitle, width: room))
      heading[1].top = y - 1
      y += Self.row
    }
    var events = Legend(events: chart, width: room)
    events.top = y
    heading.append(events)
    y += Double(events.rows) * Self.row

    // Panels with one scale share the height that the others leave.
    let legends = chart.panels.map { Legend($0, width: room) }
    let arrangements = chart.panels.map(\.arrangement)
    let hasEvents = events.rows > 0
    let footer = (hasEvents ? Self.railHeight + 4 : 0) + 16 + Self.row + 14
    let lanes = zip(chart.panels, arrangements).filter { $1 == .lanes }.map(\.0.traces.count)
    let fixed =
      y + footer + Double(lanes.reduce(0, +)) * (Self.laneText + Self.laneArea)
      + legends.reduce(0) { $0 + 14 + Double($1.rows) * Self.row }
    let sharedHeight =
      wanted.map {
        max(Self.leastSharedHeight, ($0 - fixed) / Double(max(1, arrangements.count - lanes.count)))
      } ?? Self.sharedHeight

    var widest = 0.0
    for (index, panel) in chart.panels.enumerated() {
      var frame = Frame(
        areas: [], ticks: [], legend: legends[index], arrangement: arrangements[index])
      frame.legend.top = y + 8
      y += 8 + Double(frame.legend.rows) * Self.row + 6
      if arrangements[index] == .lanes {
        for _ in panel.traces {
          frame.areas.append(y + Self.laneText...y + Self.laneText + Self.laneArea)
          y += Self.laneText + Self.laneArea
        }
      } else {
        frame.areas = [y...y + sharedHeight]
        y += sharedHeight
        frame.domain = panel.domain(of: panel.traces)
        frame.ticks =
          frame.domain.map {
            NumberTicks.over($0, count: max(2, Int(sharedHeight / Self.tickHeight)))
          }
          ?? []
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
