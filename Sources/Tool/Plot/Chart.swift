// SPDX-License-Identifier: MIT

/// What a stream did over time: panels of traces above one x axis, and where the stream was saved,
/// killed and resumed.
///
/// A chart is written as SVG, as PNG (that SVG, drawn by librsvg) or as an HTML page, in light and
/// dark. An `Envelope` keeps a trace of any length in bounded memory, as buckets with their
/// smallest and largest value, so that no spike is lost. `ChartLayout` places everything, and
/// `Drawing` writes it as SVG elements. The page has the SVG and, in `Drawing.json`, the buckets,
/// the layout and the legends. Its script draws again what a zoom changes.
public struct Chart: Sendable {
  /// What x counts.
  public enum Axis: Sendable {
    /// Samples from the stream's first.
    case samples
    /// Seconds from a beginning whose date isn't known.
    case seconds
    /// Seconds since 1970 in UTC, shown as dates and times of day.
    case time
  }

  /// Traces that share an area and, if their sizes allow it, a scale.
  public struct Panel: Sendable {
    public var title: String
    /// Shown after the title.
    public var unit: String?
    public var traces: [Trace]
    public var threshold: Threshold?

    public init(_ title: String, unit: String? = nil, traces: [Trace], threshold: Threshold? = nil)
    {
      self.title = title
      self.unit = unit
      self.traces = traces
      self.threshold = threshold
    }
  }

  public struct Trace: Sendable {
    public var name: String
    public var envelope: Envelope

    public init(_ name: String, _ envelope: Envelope) {
      self.name = name
      self.envelope = envelope
    }
  }

  /// A dashed line across a panel.
  public struct Threshold: Sendable {
    /// Drawn if it is finite.
    public var value: Float
    public var name: String

    public init(_ value: Float, name: String = "threshold") {
      self.value = value
      self.name = name
    }
  }

  /// Something that happened to the stream.
  public struct Mark: Sendable {
    public enum Kind: Sendable, CaseIterable {
      /// The stream's process ended without warning.
      case kill
      /// The stream went on from a checkpoint.
      case resume
    }

    public var kind: Kind
    public var x: Double
    /// Shown on the page when the mark is pointed at.
    public var note: String?

    public init(_ kind: Kind, at x: Double, note: String? = nil) {
      self.kind = kind
      self.x = x
      self.note = note
    }
  }

  public var title: String
  public var subtitle: String?
  public var axis: Axis
  /// From top to bottom.
  public var panels: [Panel]
  public var checkpoints: CheckpointMarks
  public var marks: [Mark]
  /// Samples that were stepped twice: from the resumed checkpoint to the kill.
  public var replayed: [ClosedRange<Double>]

  public init(
    _ title: String, subtitle: String? = nil, axis: Axis, panels: [Panel],
    checkpoints: CheckpointMarks = CheckpointMarks(), marks: [Mark] = [],
    replayed: [ClosedRange<Double>] = []
  ) {
    self.title = title
    self.subtitle = subtitle
    self.axis = axis
    self.panels = panels
    self.checkpoints = checkpoints
    self.marks = marks
    self.replayed = replayed
  }
}

extension Chart {
  /// From the first x to the last; nil when there is nothing to draw.
  var extent: ClosedRange<Double>? {
    let traced = panels.flatMap(\.traces).flatMap { trace in
      [trace.envelope.buckets.first?.first, trace.envelope.buckets.last?.last].compactMap { $0 }
    }
    let happened =
      marks.map(\.x) + replayed.flatMap { [$0.lowerBound, $0.upperBound] }
      + [checkpoints.positions.first, checkpoints.positions.last].compactMap { $0 }
    let all = (traced + happened).filter(\.isFinite)
    guard let low = all.min(), let high = all.max() else { return nil }
    return low...high
  }

  /// The range of the x axis, never empty.
  var domain: ClosedRange<Double> {
    guard let extent else { return 0...1 }
    // A narrower range can't be divided into pixels.
    if extent.upperBound - extent.lowerBound > 1e-290 { return extent }
    let room = max(axis == .time ? 30 : 0.5, extent.lowerBound.magnitude * 1e-9)
    return extent.lowerBound - room...extent.lowerBound + room
  }

  /// The chart with names cut to a length that can be read.
  var withShortNames: Chart {
    var chart = self
    chart.title = TextWidth.shortened(title)
    for panel in panels.indices {
      chart.panels[panel].title = TextWidth.shortened(panels[panel].title)
      chart.panels[panel].unit = panels[panel].unit.map(TextWidth.shortened)
      chart.panels[panel].threshold?.name = TextWidth.shortened(
        panels[panel].threshold?.name ?? "")
      for trace in panels[panel].traces.indices {
        chart.panels[panel].traces[trace].name = TextWidth.shortened(
          panels[panel].traces[trace].name)
      }
    }
    return chart
  }

  func count(_ kind: Mark.Kind) -> Int { marks.count { $0.kind == kind } }
}
