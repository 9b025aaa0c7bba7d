// SPDX-License-Identifier: MIT

import Leat
import LeatPlot
import LeatSamples

/// Draws a run's inputs and outputs when it is over.
///
/// A run may have more samples than memory could hold, so each trace is kept as an envelope: the
/// least and the greatest value in each of a fixed number of intervals. Whether the column of times
/// can be the x axis is known only at the end, since times may go back. So the picture is prepared
/// twice, over sample numbers and over times, and one of the two is drawn.
final class RunPlot: SampleObserver {
  private let file: PlotFile
  private let title: String
  private let scoreName: String?
  /// Names of the inputs and outputs that are drawn; nil for all.
  private let drawn: [String]?
  private var score: PlotScore?
  private var bySample = PlotSheet()
  /// nil without a column of times.
  private var byTime: PlotSheet?
  private var times = PlotTimes()
  private var timeName = ""
  private var first: UInt64?
  private var count: UInt64 = 0

  /// - Throws: when the picture's file can't be written
  init(_ plot: RunOptions.Plot, _ options: RunOptions) throws {
    file = try PlotFile(
      path: plot.path, theme: plot.theme, replaces: options.replaces,
      besides: options.readFiles + [options.output, options.state].compactMap { $0 })
    title = options.stream ?? FileIdentity.parts(of: options.model).name
    (scoreName, drawn) = (plot.score, plot.drawn)
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
    var shown = drawn ?? run.inputNames + run.outputNames
    if case .output(let index) = score { shown.removeAll { $0 == run.outputNames[index] } }
    bySample = PlotSheet(run, shown: shown)
    if let name = run.timeName { (byTime, timeName) = (bySample, name) }
    try run.past?.read { block, position in observe(block, position: position) }
  }

  func observe(_ block: SampleBlock, position: UInt64) {
    if first == nil { first = position }
    for row in 0..<block.count {
      let score = nextScore(block, row)
      let position = position + UInt64(row)
      bySample.add(block, row: row, score: score, position: position, at: Double(position))
      if byTime != nil {
        // Safe: the row is one of the block's, which has times.
        let x = times.x(unsafe block.times[row])
        byTime?.add(block, row: row, score: score, position: position, at: x)
      }
    }
    count += UInt64(block.count)
  }

  private func nextScore(_ block: SampleBlock, _ row: Int) -> Float? {
    switch score {
    case .forecast(var error):
      let next = error.next(block, row: row)
      score = .forecast(error)
      return next
    case .output where !block.hasOutput(row): return nil
    case .output(let index):
      // Safe: the row is one of the block's, and so is the output.
      return unsafe block.outputs[row * block.outputSize + index]
    case nil: return nil
    }
  }

  func checkpoint(position: UInt64, time: Int64) {
    guard count > 0 else { return }
    bySample.addCheckpoint()
    byTime?.addCheckpoint()
  }

  func finish() throws {
    var subtitle = "\(Figures.grouped(count)) samples"
    if let first, first > 0 { subtitle += ", from sample \(Figures.grouped(first)) on" }
    let isByTime = byTime != nil && times.areUsable
    if let problem = times.problem {
      let remedy =
        isByTime ? "drawn at the latest time before them" : "x is the number of the sample"
      Terminal.report("--plot: column '\(Text.cut(timeName, to: 60))': \(problem); \(remedy)")
      subtitle += "; \(problem): \(remedy)"
    }
    var sheet = isByTime ? byTime ?? bySample : bySample
    let scoreTitle: String? =
      switch score {
      case .forecast: "error of the forecast, RMS"
      case .output: scoreName
      case nil: nil
      }
    try file.write(
      sheet.chart(
        title, subtitle: subtitle, axis: !isByTime ? .samples : times.areDates ? .time : .seconds,
        score: scoreTitle))
  }
}
