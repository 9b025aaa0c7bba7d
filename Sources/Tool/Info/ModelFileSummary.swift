// SPDX-License-Identifier: MIT

import Leat
import LeatModelFiles

/// What the library doesn't report of a model's file: the names of modules, the dtypes and the
/// metadata. `leat_model_layer` reports the layers.
struct ModelFileSummary {
  /// The dtypes of the matrices, each once.
  let weightTypes: [String]
  let metadata: [String: String]
  /// The module of each recurrent layer and of each nn.Linear, from the input to the output. A module
  /// without a name is ".", as in metadata.
  private var recurrent: [String] = []
  private var linear: [String] = []

  /// - Throws: for a few forms of a file that only the library reads
  init(path: String) throws {
    let file = try SafetensorsFile(path: path)
    let weights = file.tensors.filter(\.isWeight)
    weightTypes = Set(weights.map(\.type)).sorted()
    metadata = file.metadata ?? [:]
    var layers: [String: Int] = [:]
    var matrices: Set<String> = []
    for tensor in weights {
      let parts = tensor.name.split(separator: ".", omittingEmptySubsequences: false)
      let name = parts.count > 1 ? parts.dropLast().joined(separator: ".") : "."
      if parts.last == "weight" { matrices.insert(name) }
      if parts.last?.hasPrefix("weight_ih_l") == true { layers[name, default: 0] += 1 }
    }
    // Without leat.layers there is at most one module of each kind.
    let order =
      metadata["leat.layers"].map(ModelFileSummary.names) ?? Array(layers.keys) + Array(matrices)
    for name in order {
      if let count = layers[name] { recurrent += Array(repeating: name, count: count) }
      if matrices.contains(name) { linear.append(name) }
    }
  }

  /// The modules of "lstm fc1:relu :tanh", each without its activation.
  private static func names(of layers: String) -> [String] {
    layers.split(separator: " ").map { entry in
      String(entry.lastIndex(of: ":").map { entry[..<$0] } ?? entry)
    }
  }

  /// The name of each layer's module; nil of a separate activation.
  func names(of layers: [Layer]) -> [String?] {
    var recurrent = self.recurrent[...]
    var linear = self.linear[...]
    return layers.map { layer in
      if layer.recurrentIndex != nil { return recurrent.popFirst() }
      return layer.kind == .linear ? linear.popFirst() : nil
    }
  }
}
