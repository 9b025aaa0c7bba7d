// SPDX-License-Identifier: MIT

import Leat

/// Compares a model's outputs with those that another implementation recorded.
///
/// An error is allowed up to a part of the output's recorded range, since what an error means depends
/// on how far the output moves. Rounding is allowed on top: 32 units in the last place of the
/// output's largest value, and a little of the largest value of all outputs, since a softmax's small
/// values have the rounding of its large ones. When an error is larger, `Diagnosis` looks for the
/// cause.
struct Comparison {
  /// Relative to the range of an output's recorded values.
  static let tolerance = 1e-5

  struct WorstError: Encodable {
    let step, output: Int
    let expected: Double
    let computed: Float
    /// The error in units of the last place of the expected value as a float.
    let ulps: Double
  }

  struct Report: Encodable {
    let isWithin: Bool
    let steps: Int
    let tolerance, largestError, rmsError: Double
    /// The largest error, relative to what is allowed.
    let worst: WorstError
    let outputs: [OutputError]
    /// Likely causes, when errors are larger than allowed.
    let hints: [String]
  }

  let report: Report

  /// Reads a recording, runs a new stream of the model over its inputs, and compares.
  ///
  /// - Parameter command: for hints; nil if the model can't get more layers
  init(
    model: Model, against path: String, columns: Recording.Columns = Recording.Columns(),
    tolerance: Double = Comparison.tolerance, command: ConvertCommand?
  ) throws {
    let recording = try Recording(
      path: path, inputSize: model.inputSize, outputSize: model.outputSize, columns: columns)
    let computed = try model.outputs(of: recording.inputs, from: path)
    let width = model.outputSize
    var statistics = [ErrorStatistics](repeating: ErrorStatistics(), count: width)
    for (index, value) in computed.enumerated() {
      statistics[index % width].add(Double(value), expected: recording.outputs[index])
    }
    let largest = statistics.map(\.magnitude).max() ?? 0
    let allowed = statistics.map {
      tolerance * $0.range + 32 * 0x1p-23 * $0.magnitude + 0x1p-30 * largest
    }
    let outputs = statistics.enumerated().map { OutputError($0, $1, allowed: allowed[$0]) }
    let relative = { (output: OutputError) in
      output.largestError > 0 ? output.largestError / allowed[output.index] : 0
    }
    // Safe: a model has an output.
    let worst = outputs.max { relative($0) < relative($1) }!
    let index = worst.largestErrorStep * width + worst.index
    let isWithin = outputs.allSatisfy { $0.largestError <= allowed[$0.index] }
    let squares = outputs.map { $0.rmsError * $0.rmsError }
    report = Report(
      isWithin: isWithin, steps: recording.steps, tolerance: tolerance,
      largestError: outputs.map(\.largestError).max() ?? 0,
      rmsError: (squares.reduce(0, +) / Double(width)).squareRoot(),
      worst: WorstError(
        step: worst.largestErrorStep, output: worst.index, expected: recording.outputs[index],
        computed: computed[index],
        ulps: worst.largestError / Double(Float(recording.outputs[index]).ulp)),
      outputs: outputs,
      hints: isWithin
        ? []
        : try Diagnosis(
          model: model, recording: recording, computed: computed,
          allowed: allowed, command: command
        ).hints())
  }
}

extension Comparison.Report {
  /// Prints a table of the outputs, the largest error and the likely causes.
  func print() throws {
    var table = Table([
      ("output", .right), ("range", .right), ("RMS error", .right), ("largest", .right),
      ("at step", .right), ("allowed", .right), ("", .left),
    ])
    for output in outputs {
      table.add(
        "\(output.index)", Figures.scientific(output.range), Figures.scientific(output.rmsError),
        Figures.scientific(output.largestError), "\(output.largestErrorStep)",
        Figures.scientific(output.allowedError ?? 0),
        output.largestError <= output.allowedError ?? 0 ? "" : "BEYOND")
      try table.printIfLong()
    }
    try table.print()
    try Output.print(
      "worst   step \(worst.step), output \(worst.output): \(worst.computed), expected "
        + "\(worst.expected): \(Figures.decimal(worst.ulps, places: 1)) units in the last place")
    try Output.print(
      "\(isWithin ? "within" : "BEYOND")  the tolerance \(tolerance), over "
        + "\(Figures.grouped(steps)) steps")
    for hint in hints { try Output.print("hint    \(Text.printable(hint))") }
  }
}
