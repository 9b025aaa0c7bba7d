// SPDX-License-Identifier: MIT

import LeatPlot
import LeatSamples

/// Gathers what a run takes in and puts out, in bounded memory, and draws it when it's over.
final class RunPlot: SampleObserver {
  private let file: PlotFile
  private let title: String
  private let scoreName: String?
  /// Names of the inputs and outputs that are drawn; nil for all.
  private let drawn: [String]?
  private var inputs = PlotTraces()
  private var outputs = PlotTraces()
  private var score: PlotScore?
  private var scores = Envelope()
  private var events = PlotEvents(History(), position: 0)
  private var axis = Chart.Axis.samples
  private var hasTimes = false
  private var first: UInt64?
  private var count: UInt64 = 0
  private var last = -Double.infinity

  /// - Parameters:
  ///   - score: as `PlotScore` takes it; nil for none
  ///   - drawn: names of inputs and outputs; nil for all
  init(_ file: PlotFile, title: String, score: String?, drawn: [String]?) {
    (self.file, self.title, scoreName, self.drawn) = (file, title, score, drawn)
  }

  func check(_ layout: RunLayout, _ model: Model) throws {
    let all = layout.inputNames + layout.outputNames
    if let name = drawn?.first(where: { !all.contains($0) }) {
      throw ToolError(
        .usage, "--draw: found '\(name)', expected some of \(all.joined(separator: ", "))")
    }
    score = try scoreName.map { name in
      try PlotScore(name, model: model, outputNames: layout.outputNames)
    }
  }

  func begin(_ run: RunDescription) throws {
    let all = run.inputNames + run.outputNames
    var shown = drawn ?? all
    if case .output(let index) = score { shown.removeAll { $0 == run.outputNames[index] } }
    let capacity = Envelope.capacity(traces: shown.count)
    inputs = PlotTraces(of: run.inputNames, drawn: shown, capacity: capacity)
    outputs = PlotTraces(of: run.outputNames, drawn: shown, capacity: capacity)
    scores = Envelope(capacity: capacity)
    hasTimes = run.timeName != nil
    events = PlotEvents(run.history, position: run.position)
    try run.past?.read { block, position in see(block, position: position) }
  }

  func see(_ block: SampleBlock, position: UInt64) {
    for row in 0..<block.count {
      let x = place(of: block, row, position: position + UInt64(row))
      // Safe: the row is one of the block's, and so is the output.
      unsafe inputs.append(block.inputs + row * block.inputSize, at: x)
      unsafe outputs.append(block.outputs + row * block.outputSize, at: x)
      switch score {
      case .forecast(var error):
        scores.append(error.next(block, row: row), at: x)
        score = .forecast(error)
      case .output(let index):
        scores.append(unsafe block.outputs[row * block.outputSize + index], at: x)
      case nil: break
      }
      events.see(position: position + UInt64(row), x: x)
    }
    count += UInt64(block.count)
  }

  /// A sample's time, or its number. Time doesn't go back: what is said to be earlier stands where
  /// the sample before it does.
  private func place(of block: SampleBlock, _ row: Int, position: UInt64) -> Double {
    let time = unsafe hasTimes ? block.times[row] : Double(position)
    if first == nil {
      first = position
      // Times since the beginning of a recording are no dates.
      if hasTimes { axis = time.magnitude < 1e8 ? .seconds : .time }
    }
    // A time that no calendar has would leave no room for the others.
    if time.magnitude < 1e13 { last = max(last, time) }
    return last
  }

  func checkpoint(position: UInt64, time: Int64) {
    if count > 0 { events.save(x: last) }
  }

  func finish() throws {
    events.end(x: last)
    var panels = [
      Chart.Panel("Inputs", traces: inputs.traces), Chart.Panel("Outputs", traces: outputs.traces),
    ].filter { !$0.traces.isEmpty }
    switch score {
    case .output:
      panels.append(Chart.Panel("Score", traces: [Chart.Trace(scoreName ?? "", scores)]))
    case .forecast:
      let trace = Chart.Trace("error of the forecast, RMS", scores)
      panels.append(Chart.Panel("Score", traces: [trace]))
    case nil: break
    }
    var subtitle = "\(Figures.grouped(count)) samples"
    if let first, first > 0 { subtitle += ", from sample \(Figures.grouped(first)) on" }
    try file.write(
      Chart(
        title, subtitle: subtitle, axis: axis, panels: panels, checkpoints: events.checkpoints,
        marks: events.marks, replayed: events.replayed))
  }
}
