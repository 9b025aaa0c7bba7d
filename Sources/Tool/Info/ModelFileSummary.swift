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
  private var modules: [(name: String, layers: Int)] = []

  /// - Throws: for a few forms of a file that only the library reads
  init(path: String) throws {
    let file = try SafetensorsFile(path: path)
    let weights = file.tensors.filter(\.isWeight)
    weightTypes = Set(weights.map(\.type)).sorted()
    metadata = file.metadata ?? [:]
    var counts: [String: Int] = [:]
    var recurrent: Set<String> = []
    for tensor in file.tensors where !tensor.name.hasSuffix("_scale") {
      let parts = tensor.name.split(separator: ".", omittingEmptySubsequences: false)
      let name = parts.count > 1 ? parts.dropLast().joined(separator: ".") : "."
      switch parts.last {
      case "weight", "running_mean": counts[name] = 1
      case let leaf? where leaf == "weight_ih" || leaf.hasPrefix("weight_ih_l"):
        counts[name, default: 0] += 1
        recurrent.insert(name)
      default: break
      }
    }
    // Without leat.layers there is a recurrent module, then at most one nn.Linear.
    let order =
      metadata["leat.layers"].map(ModelFileSummary.names)
      ?? recurrent.sorted() + counts.keys.filter { !recurrent.contains($0) }.sorted()
    modules = order.map { ($0, counts[$0] ?? 0) }
  }

  /// The modules of "lstm fc1:relu +lstm act=prelu :tanh"; an empty name for what is none.
  private static func names(of layers: String) -> [String] {
    layers.split(separator: " ").map { entry in
      if entry.hasPrefix("+") { return "" }
      let name = entry.lastIndex(of: ":").map { entry[..<$0] } ?? entry
      return String(name.lastIndex(of: "=").map { name[..<$0] } ?? name)
    }
  }

  /// The name of each layer's module; nil of a separate activation, a sum and a denormalizer.
  func names(of layers: [Layer]) -> [String?] {
    var names = modules.filter { !$0.name.isEmpty }
      .flatMap { Array(repeating: $0.name, count: $0.layers) }[...]
    return layers.enumerated().map { index, layer in
      switch layer.kind {
      case .lstm, .gru, .rnn, .linear: return names.popFirst()
      case .activation: return layer.activation == .prelu ? names.popFirst() : nil
      case .scale: return names.isEmpty ? nil : names.popFirst()
      case .sum: return nil
      }
    }
  }
}
