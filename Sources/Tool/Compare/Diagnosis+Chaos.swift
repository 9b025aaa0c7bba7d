// SPDX-License-Identifier: MIT

import Leat

/// A model whose states drive apart: the smallest rounding grows until the outputs have nothing in
/// common. Then no two implementations agree, whatever the weights are.
extension Diagnosis {
  /// - Parameter first: the first step with a larger error than rounding gives
  func chaos(from first: Int) throws -> String? {
    let disturbed = try model.disturbedOutputs(of: recording.inputs, from: "a disturbed state")
    let own = largest { Double(disturbed[$0]) - Double(computed[$0]) }
    let error = largest { recording.outputs[$0] - Double(computed[$0]) }
    guard own > 1, own >= error / 10 else { return nil }
    return """
      all is well up to step \(first), and then rounding alone explains the errors: the model is \
      chaotic. A state that is one unit in the last place off after step 0 gives outputs that are off \
      by \(Figures.scientific(own)) times what is allowed, the recorded ones by \
      \(Figures.scientific(error)) times; compare only the steps before \(first)
      """
  }

  /// The largest of all differences, relative to the allowed error.
  private func largest(_ difference: (Int) -> Double) -> Double {
    (0..<recording.steps * width).reduce(0) { largest, index in
      max(largest, difference(index).magnitude / allowed[index % width])
    }
  }
}
