// SPDX-License-Identifier: MIT

import Leat

/// The errors of one model's outputs against another's, over the same inputs.
struct OutputErrors: Encodable {
  let steps: Int
  let outputs: [OutputError]

  /// - Parameters:
  ///   - inputs: [steps][input_size]
  ///   - name: the file that they are from, for messages
  init(of model: Model, beside other: Model, over inputs: [Float], from name: String) throws {
    let expected = try other.outputs(of: inputs, from: name)
    let found = try model.outputs(of: inputs, from: name)
    let width = model.outputSize
    var statistics = [ErrorStatistics](repeating: ErrorStatistics(), count: width)
    for (index, value) in found.enumerated() {
      statistics[index % width].add(Double(value), expected: Double(expected[index]))
    }
    steps = inputs.count / model.inputSize
    outputs = statistics.enumerated().map { OutputError($0, $1) }
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
