// SPDX-License-Identifier: MIT

import CLeat
import LeatModelFiles

/// What a model's file says and the library doesn't: the names of modules, dtypes and metadata. What
/// the network is, `leat_model_layer` says.
struct FileDescription {
  /// safetensors' dtypes of the matrices, each once.
  let weightTypes: [String]
  let metadata: [String: String]
  /// The module of each layer of recurrent modules, and of each nn.Linear, in the order of a sample's
  /// way. A module without a name is ".", as in metadata.
  private var recurrent: [String] = []
  private var linear: [String] = []

  /// - Throws: what reads a file for changing it refuses a few forms that the library takes
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
    // Without leat.layers there is at most one of each.
    let order =
      metadata["leat.layers"].map(FileDescription.names) ?? Array(layers.keys) + Array(matrices)
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

  /// The name of each layer's module: none of an activation of its own.
  func names(of layers: [leat_layer_info_t]) -> [String?] {
    var recurrent = self.recurrent[...]
    var linear = self.linear[...]
    return layers.map { layer in
      if layer.isRecurrent { return recurrent.popFirst() }
      return Int32(bitPattern: layer.kind) == LEAT_LAYER_LINEAR ? linear.popFirst() : nil
    }
  }
}
