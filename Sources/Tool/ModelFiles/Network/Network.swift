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
    if let list = try? ModuleList(self, isFormat1: true), !needsFormat2(list) {
      return written(list)
    }
    return written(try ModuleList(self, isFormat1: false))
  }

  /// The tensors of a part of the source, with the beginning of their names.
  private typealias Part = (source: String, prefix: String, tensors: [ModuleTensor])

  private func parts(_ list: ModuleList) -> [Part] {
    let modules = zip(list.names, list.modules).map { name, module in
      (module.source, name + ".", module.layer.tensors)
    }
    return [normalizer.map { ($0.source, "", $0.tensors("input")) }].compactMap { $0 } + modules
      + [denormalizer.map { ($0.source, "", $0.tensors("output")) }].compactMap { $0 }
  }

  /// Asked before the tensors are written, as they may be large.
  private func needsFormat2(_ list: ModuleList) -> Bool {
    let shapes = parts(list).flatMap { part in
      part.tensors.map { (part.prefix + $0.name, $0.shape) }
    }
    let rules = FormatRules(
      shapes: Dictionary(shapes, uniquingKeysWith: { $1 }),
      hasArguments: list.modules.contains { !$0.layer.arguments.isEmpty })
    return rules.needFormat2(layers: list.order)
  }

  private func written(_ list: ModuleList) -> Conversion {
    var result = Conversion()
    for part in parts(list) {
      for tensor in part.tensors {
        result.tensors.append(
          Tensor(name: part.prefix + tensor.name, shape: tensor.shape, floats: tensor.values))
      }
      result.parts.append(
        Conversion.Part(source: part.source, tensors: part.tensors.map { part.prefix + $0.name }))
    }
    for (name, module) in zip(list.names, list.modules) {
      for (argument, value) in module.layer.arguments {
        result.metadata["leat.\(name).\(argument)"] = value
      }
    }
    result.set(layers: list.order)
    result.notes = notes
    return result
  }
}
