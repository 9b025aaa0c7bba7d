// SPDX-License-Identifier: MIT

/// A model's outputs beside those that another implementation recorded.
struct Comparison {
  /// Of the range of an output's recorded values.
  static let tolerance = 1e-5

  struct OutputError: Encodable {
    let index: Int
    let largestError, rmsError: Double
    let largestErrorStep: Int
    /// Of the recorded values: from the least to the greatest.
    let range: Double
    /// The error that the tolerance allows.
    let allowedError: Double

    var isWithin: Bool { largestError <= allowedError }
  }

  struct Place: Encodable {
    let step, output: Int
    let expected: Double
    let computed: Float
    /// The difference in units of the last place of a float of that size.
    let ulps: Double
  }

  struct Report: Encodable {
    let isWithin: Bool
    let steps: Int
    let tolerance, largestError, rmsError: Double
    /// The error that uses up most of what is allowed.
    let worst: Place
    let outputs: [OutputError]
    /// What the errors look like, when they are beyond the tolerance.
    let hints: [String]
  }

  let report: Report

  /// Reads a recording, runs a new stream of the model over its inputs, and compares.
  init(
    model: Model, against path: String, columns: Recording.Columns = Recording.Columns(),
    tolerance: Double = Comparison.tolerance
  ) throws {
    let recording = try Recording(
      path: path, inputSize: model.inputSize, outputSize: model.outputSize, columns: columns)
    let computed = try model.outputs(of: recording.inputs, from: path)
    let width = model.outputSize
    var differences = [Difference](repeating: Difference(), count: width)
    for (index, value) in computed.enumerated() {
      differences[index % width].add(Double(value), expected: recording.outputs[index])
    }
    // What rounding may take: of a value's own size, and, of values that are next to nothing
    // beside the others (a softmax's), of these.
    let largest = differences.map(\.magnitude).max() ?? 0
    let outputs = differences.enumerated().map { index, difference in
      OutputError(
        index: index, largestError: difference.largest, rmsError: difference.rms,
        largestErrorStep: difference.largestStep, range: difference.range,
        allowedError: tolerance * difference.range + 32 * 0x1p-23 * difference.magnitude
          + 0x1p-30 * largest)
    }
    let share = { (output: OutputError) in
      output.largestError > 0 ? output.largestError / output.allowedError : 0
    }
    // Safe: a model has an output.
    let worst = outputs.max { share($0) < share($1) }!
    let place = worst.largestErrorStep * width + worst.index
    let isWithin = outputs.allSatisfy(\.isWithin)
    let squares = outputs.map { $0.rmsError * $0.rmsError }
    report = Report(
      isWithin: isWithin, steps: recording.steps, tolerance: tolerance,
      largestError: outputs.map(\.largestError).max() ?? 0,
      rmsError: (squares.reduce(0, +) / Double(width)).squareRoot(),
      worst: Place(
        step: worst.largestErrorStep, output: worst.index, expected: recording.outputs[place],
        computed: computed[place],
        ulps: worst.largestError / Double(Float(recording.outputs[place]).ulp)),
      outputs: outputs,
      hints: isWithin
        ? []
        : try Diagnosis(
          model: model, recording: recording, computed: computed,
          allowed: outputs.map(\.allowedError)
        ).hints())
  }
}

extension Comparison.Report {
  /// For people: a table of the outputs, the largest error, and what it looks like.
  func print() throws {
    var table = Table([
      ("output", .right), ("range", .right), ("RMS error", .right), ("largest", .right),
      ("at step", .right), ("allowed", .right), ("", .left),
    ])
    for output in outputs {
      table.add(
        "\(output.index)", Figures.scientific(output.range), Figures.scientific(output.rmsError),
        Figures.scientific(output.largestError), "\(output.largestErrorStep)",
        Figures.scientific(output.allowedError), output.isWithin ? "" : "BEYOND")
      try table.printIfLong()
    }
    try table.print()
    try Output.print(
      "worst   step \(worst.step), output \(worst.output): \(worst.computed), expected "
        + "\(worst.expected): \(Figures.decimal(worst.ulps, places: 1)) units in the last place")
    try Output.print(
      "\(isWithin ? "within" : "BEYOND")  the tolerance \(tolerance), over "
        + "\(Figures.grouped(steps)) steps")
    for hint in hints { try Output.print("hint    \(hint)") }
  }
}
