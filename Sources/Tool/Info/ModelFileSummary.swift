// SPDX-License-Identifier: MIT

import Leat
import LeatModelFiles

/// What the library doesn't report of a model's file: the names of modules, the dtypes and the
/// metadata. `leat_model_layer` reports the layers.
struct ModelFileSummary {
  /// The dtypes of the matrices, each once.
  let weightTypes: [String]
  let metadata: [String: String]
  /// The modules in order, and how many layers each has. A module without a name is ".", as in
  /// metadata.
  private let modules: [(name: String, layers: Int)]
  /// What the sums add, in order.
  private let addends: [String]

  /// - Throws: for a few forms of a file that only the library reads
  init(path: String) throws {
    let file = try SafetensorsFile(path: path)
    let weights = file.tensors.filter(\.isWeight)
    weightTypes = Set(weights.map(\.type)).sorted()
    metadata = file.metadata ?? [:]
    var counts: [String: Int] = [:]
    var recurrent: Set<String> = []
    for tensor in file.tensors where !tensor.name.hasSuffix("_scale") {
      switch tensor.leaf {
      case "weight", "running_mean": counts[tensor.module] = 1
      case let leaf where leaf == "weight_ih" || leaf.hasPrefix("weight_ih_l"):
        counts[tensor.module, default: 0] += 1
        recurrent.insert(tensor.module)
      default: break
      }
    }
    // Without leat.layers there is a recurrent module, then at most one nn.Linear.
    let entries = LayersEntry.list(metadata["leat.layers"] ?? "")
    let order =
      metadata["leat.layers"] == nil
      ? recurrent.sorted() + counts.keys.filter { !recurrent.contains($0) }.sorted()
      : entries.map(\.module).filter { !$0.isEmpty }
    modules = order.map { ($0, counts[$0] ?? 0) }
    addends = entries.compactMap(\.addend)
  }

  /// The name of each layer's module, and "+input[0:1]" of a sum; nil of a separate activation and a
  /// denormalizer.
  func names(of layers: [Layer]) -> [String?] {
    var names = modules.flatMap { Array(repeating: $0.name, count: $0.layers) }[...]
    var addends = addends[...]
    return layers.map { layer in
      switch layer.kind {
      case .lstm, .gru, .rnn, .linear, .scale: return names.popFirst()
      case .activation: return layer.activation == .prelu ? names.popFirst() : nil
      case .sum: return addends.popFirst().map { "+\($0)" }
      }
    }
  }
}
