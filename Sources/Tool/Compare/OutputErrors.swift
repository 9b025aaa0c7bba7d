// SPDX-License-Identifier: MIT

/// How far a model's outputs are from another's, over the same inputs.
struct OutputErrors: Encodable {
  struct Output: Encodable {
    let index: Int
    let largestError, rmsError: Double
    let largestErrorStep: Int
    /// Of the other's outputs: from the least to the greatest.
    let range: Double
  }

  let steps: Int
  let outputs: [Output]

  /// - Parameters:
  ///   - inputs: [steps][input_size]
  ///   - name: where they come from, for the error
  init(of model: Model, beside other: Model, over inputs: [Float], from name: String) throws {
    let expected = try other.outputs(of: inputs, from: name)
    let found = try model.outputs(of: inputs, from: name)
    let width = model.outputSize
    var differences = [Difference](repeating: Difference(), count: width)
    for (index, value) in found.enumerated() {
      differences[index % width].add(Double(value), expected: Double(expected[index]))
    }
    steps = inputs.count / model.inputSize
    outputs = differences.enumerated().map { index, difference in
      Output(
        index: index, largestError: difference.largest, rmsError: difference.rms,
        largestErrorStep: difference.largestStep, range: difference.range)
    }
  }

  func print() throws {
    var table = Table([
      ("output", .right), ("range", .right), ("RMS error", .right), ("of range", .right),
      ("max error", .right), ("of range", .right), ("at step", .right),
    ])
    for output in outputs {
      let share = { (error: Double) in
        output.range > 0 ? "\(Figures.decimal(100 * error / output.range, places: 3)) %" : "-"
      }
      table.add(
        "\(output.index)", Figures.scientific(output.range), Figures.scientific(output.rmsError),
        share(output.rmsError), Figures.scientific(output.largestError),
        share(output.largestError), "\(output.largestErrorStep)")
    }
    try table.print()
  }
}
