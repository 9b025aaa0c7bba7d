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
    return try stream.outputs(of: Array(inputs)[...], from: name)
  }

  /// The same, but after the first step all states are made smaller by one unit in the last place.
  func disturbedOutputs(of inputs: [Float], from name: String) throws -> [Float] {
    var stream = try ModelStream(of: self)
    let first = try stream.outputs(of: inputs.prefix(inputSize), from: name)
    let smaller = { (value: Float) in
      value > 0 ? value.nextDown : value < 0 ? value.nextUp : value
    }
    for index in layers.compactMap(\.recurrentIndex) {
      let (h, c) = try stream.hiddenState(ofLayer: index)
      try stream.setHiddenState(ofLayer: index, h: h.map(smaller), c: c.map(smaller))
    }
    return try first + stream.outputs(of: inputs.dropFirst(inputSize), from: name)
  }
}

extension ModelStream {
  fileprivate mutating func outputs(
    of inputs: ArraySlice<Float>, from name: String
  ) throws -> [Float] {
    let (size, width) = (model.inputSize, model.outputSize)
    let steps = inputs.count / size
    var outputs: [Float] = []
    outputs.reserveCapacity(steps * width)
    let most = 4096
    for start in stride(from: 0, to: steps, by: most) {
      let end = min(start + most, steps)
      var part = [Float](repeating: 0, count: (end - start) * width)
      let first = inputs.startIndex
      do {
        try run(Array(inputs[first + start * size..<first + end * size]), into: &part)
      } catch {
        throw ToolError(ExitStatus(error.code), "\(name), steps from \(start): \(error)")
      }
      outputs += part
    }
    return outputs
  }
}
