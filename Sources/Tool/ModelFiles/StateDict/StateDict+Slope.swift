// SPDX-License-Identifier: MIT

/// An nn.PReLU that is the first layer.
extension StateDict {
  /// Repeats its slope, if it has one for all inputs: the first tensor of a file says how many inputs
  /// there are.
  ///
  /// - Parameter layers: as in `leat.layers`, checked
  mutating func repeatFirstSlope(_ layers: String, _ modules: [StateDictModule]) throws {
    let listed = LayersEntry.list(layers).compactMap { entry in
      modules.first { $0.name == entry.module }
    }
    guard let first = listed.first, first.kind == .prelu, first.shapes["weight"] == [1],
      let inputs = listed.lazy.compactMap(\.inputs).first, inputs > 1,
      let index = tensors.firstIndex(where: { $0.name == first.tensorName })
    else { return }
    // The next layer has a row of as many weights, so there is as much memory.
    let slopes = [Float](repeating: try tensors[index].floats()[0], count: inputs)
    tensors[index] = Tensor(name: first.tensorName, shape: [inputs], floats: slopes)
    notes.append("'\(first.tensorName)': the one slope is repeated for each of \(inputs) inputs")
  }
}
