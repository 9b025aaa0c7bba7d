// SPDX-License-Identifier: MIT

/// A network that the library can run: layers in the order in which a sample passes through them,
/// with a normalizer before and a denormalizer after.
///
/// Each source format is read into one, and only this folder knows how the library's tensors are
/// named. Each recurrent layer becomes a module of one layer, since the sizes may differ.
struct Network {
  var normalizer: Normalization?
  var layers: [Layer] = []
  var denormalizer: Normalization?
  var notes: [String] = []

  /// The tensors, with PyTorch's names.
  func conversion() throws -> Conversion {
    guard layers.contains(where: { if case .recurrent = $0 { true } else { false } }) else {
      throw ModelFileError("there is no recurrent layer in it, expected an LSTM, a GRU or an RNN")
    }
    // A file that an older Leat can read, if there is one.
    if let list = try? ModuleList(self, isFormat1: true) {
      let result = written(list)
      if result.metadata["leat.format"] == nil { return result }
    }
    return written(try ModuleList(self, isFormat1: false))
  }

  private func written(_ list: ModuleList) -> Conversion {
    var result = Conversion()
    if let normalizer { result.add(normalizer.source, to: "", normalizer.tensors("input")) }
    for (name, module) in zip(list.names, list.modules) {
      result.add(module.source, to: name + ".", module.layer.tensors)
      for (argument, value) in module.layer.arguments {
        result.metadata["leat.\(name).\(argument)"] = value
      }
    }
    if let denormalizer { result.add(denormalizer.source, to: "", denormalizer.tensors("output")) }
    result.set(layers: list.order)
    result.notes = notes
    return result
  }
}

extension Conversion {
  fileprivate mutating func add(_ source: String, to prefix: String, _ parts: [ModuleTensor]) {
    for part in parts {
      tensors.append(Tensor(name: prefix + part.name, shape: part.shape, floats: part.values))
    }
    self.parts.append(Part(source: source, tensors: parts.map { prefix + $0.name }))
  }
}
