// SPDX-License-Identifier: MIT

import Leat

extension Model {
  /// Runs a new stream over a sequence.
  ///
  /// - Parameters:
  ///   - inputs: [steps][input_size]
  ///   - name: where they come from, for the error
  /// - Returns: [steps][output_size]
  func outputs(of inputs: some Sequence<Float>, from name: String) throws -> [Float] {
    var stream = try ModelStream(of: self)
    let inputs = Array(inputs)
    let steps = inputs.count / inputSize
    var outputs: [Float] = []
    outputs.reserveCapacity(steps * outputSize)
    let most = 4096
    for start in stride(from: 0, to: steps, by: most) {
      let end = min(start + most, steps)
      var part = [Float](repeating: 0, count: (end - start) * outputSize)
      do {
        try stream.run(Array(inputs[start * inputSize..<end * inputSize]), into: &part)
      } catch {
        throw ToolError(ExitStatus(error.code), "\(name), steps from \(start): \(error)")
      }
      outputs += part
    }
    return outputs
  }
}
