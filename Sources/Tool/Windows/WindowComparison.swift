// SPDX-License-Identifier: MIT

import Leat

/// How far a model's outputs with windows and without are apart, over a recording.
///
/// A model that was trained on windows computes something else over an endless stream. How much else
/// depends on the model and the data: a difference is told in the output's units, and in its spread,
/// the standard deviation of the outputs with windows.
struct WindowComparison {
  /// The differences of one output.
  struct Difference: Encodable {
    let output: Int
    let spread, rms, largest: Double
    /// The sample of the largest one.
    let largestStep: Int
    /// In spreads; nil when the output is constant.
    let rmsInSpreads, largestInSpreads: Double?
  }

  struct Report: Encodable {
    let steps, outputCount, window, hop: Int
    let outputs: [Difference]
  }

  let windows: Windows
  let outputSize: Int
  /// The samples with which a window ends.
  let steps: [Int]
  /// [steps.count][outputSize]
  let windowed: [Float]
  /// [samples][outputSize]
  let endless: [Float]
  let report: Report

  /// - Parameter inputs: [samples][inputSize], from the recording called `name`
  init(model: Model, windows: Windows, inputs: [Float], from name: String) throws {
    let (size, width) = (model.inputSize, model.outputSize)
    let samples = inputs.count / size
    guard samples >= windows.length else {
      throw ToolError(
        .data,
        "\(name): found \(samples) samples, expected at least those of a window, \(windows.length)")
    }
    endless = try model.outputs(of: inputs, from: name)
    var stream = try ModelStream(of: model, windows: windows)
    var (steps, windowed): ([Int], [Float]) = ([], [])
    var output = [Float](repeating: 0, count: width)
    for step in 0..<samples {
      let input = Array(inputs[step * size..<(step + 1) * size])
      guard try stream.step(input, into: &output) else { continue }
      steps.append(step)
      windowed += output
    }
    (self.windows, outputSize, self.steps, self.windowed) = (windows, width, steps, windowed)
    var report: [Difference] = []
    for index in 0..<width {
      report.append(
        Self.difference(index, width: width, steps: steps, windowed: windowed, endless: endless))
    }
    self.report = Report(
      steps: samples, outputCount: steps.count, window: windows.length, hop: windows.hop,
      outputs: report)
  }

  private static func difference(
    _ index: Int, width: Int, steps: [Int], windowed: [Float], endless: [Float]
  ) -> Difference {
    var statistics = ErrorStatistics()
    var (sum, squares) = (0.0, 0.0)
    let first = Double(windowed[index])
    for (place, step) in steps.enumerated() {
      let value = Double(windowed[place * width + index])
      statistics.add(Double(endless[step * width + index]), expected: value)
      // From the first value, so that a large mean costs no digits.
      sum += value - first
      squares += (value - first) * (value - first)
    }
    let count = Double(steps.count)
    let spread = max(0, squares / count - sum / count * (sum / count)).squareRoot()
    return Difference(
      output: index, spread: spread, rms: statistics.rms, largest: statistics.largest,
      largestStep: steps[statistics.largestStep],
      rmsInSpreads: spread > 0 ? statistics.rms / spread : nil,
      largestInSpreads: spread > 0 ? statistics.largest / spread : nil)
  }
}

extension WindowComparison.Report {
  /// Prints a table of the outputs, and what it means.
  func print() throws {
    var table = Table([
      ("output", .right), ("spread", .right), ("RMS difference", .right), ("of spread", .right),
      ("largest", .right), ("of spread", .right), ("at sample", .right),
    ])
    for output in outputs {
      table.add(
        "\(output.output)", Figures.scientific(output.spread), Figures.scientific(output.rms),
        Self.share(output.rmsInSpreads), Figures.scientific(output.largest),
        Self.share(output.largestInSpreads), "\(output.largestStep)")
      try table.printIfLong()
    }
    try table.print()
    try Output.print(
      "windows of \(window) samples, hop \(hop): \(Figures.grouped(outputCount)) outputs of "
        + "\(Figures.grouped(steps)) samples")
    try Output.print(
      "difference: the output of a stream without windows, less that of one with these")
  }

  private static func share(_ value: Double?) -> String {
    value.map { Figures.decimal(100 * $0, places: 1) + " %" } ?? "-"
  }
}
