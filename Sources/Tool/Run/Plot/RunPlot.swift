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
  private var score: PlotScore?
  /// Over samples; and over times, where there are some. Which is drawn is known at the end: times
  /// may go back.
  private var bySample = PlotSheet()
  private var byTime: PlotSheet?
  private var times = PlotTimes()
  private var timeName = ""
  private var first: UInt64?
  private var count: UInt64 = 0

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
    var shown = drawn ?? run.inputNames + run.outputNames
    if case .output(let index) = score { shown.removeAll { $0 == run.outputNames[index] } }
    bySample = PlotSheet(run, shown: shown)
    if let name = run.timeName { (byTime, timeName) = (bySample, name) }
    try run.past?.read { block, position in see(block, position: position) }
  }

  func see(_ block: SampleBlock, position: UInt64) {
    if first == nil { first = position }
    for row in 0..<block.count {
      let score = nextScore(block, row)
      let position = position + UInt64(row)
      bySample.add(block, row: row, score: score, position: position, at: Double(position))
      if byTime != nil {
        // Safe: the row is one of the block's, which has times.
        let x = times.place(unsafe block.times[row])
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
    if let complaint = times.complaint {
      let remedy =
        isByTime ? "drawn at the latest time before them" : "x is the number of the sample"
      Terminal.complain("--plot: column '\(Text.cut(timeName, to: 60))': \(complaint); \(remedy)")
      subtitle += "; \(complaint): \(remedy)"
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
