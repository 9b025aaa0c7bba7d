// SPDX-License-Identifier: MIT

import LeatModelFiles

/// What a model's file says of its network and the library's interface doesn't.
struct NetworkDescription {
  struct Linear: Encodable {
    let name: String
    let inFeatures, outFeatures: Int
    let activation: String
  }

  /// safetensors' dtypes of the matrices, each once.
  let weightTypes: [String]
  /// In the order of a sample's way.
  let linear: [Linear]
  let metadata: [String: String]

  /// - Throws: what reads a file for changing it refuses a few forms that the library takes
  init(path: String) throws {
    let file = try SafetensorsFile(path: path)
    let weights = file.tensors.filter(\.isWeight)
    weightTypes = Set(weights.map(\.type)).sorted()
    metadata = file.metadata ?? [:]
    var matrices: [String: Tensor] = [:]
    for tensor in weights where tensor.shape.count == 2 {
      let parts = tensor.name.split(separator: ".", omittingEmptySubsequences: false)
      guard parts.last == "weight" else { continue }
      // A module without a name is "." in metadata.
      let module = parts.dropLast().joined(separator: ".")
      matrices[module.isEmpty ? "." : module] = tensor
    }
    // Without leat.layers there is at most one, and no activation.
    let order =
      metadata["leat.layers"].map { $0.split(separator: " ").map(String.init) }
      ?? Array(matrices.keys)
    linear = order.compactMap { entry in
      let (name, activation) = NetworkDescription.parts(of: entry, among: matrices)
      guard let matrix = matrices[name] else { return nil }
      return Linear(
        name: name, inFeatures: matrix.shape[1], outFeatures: matrix.shape[0],
        activation: activation)
    }
  }

  /// "fc1:relu" as a module and its activation.
  private static func parts(
    of entry: String, among matrices: [String: Tensor]
  ) -> (name: String, activation: String) {
    guard matrices[entry] == nil, let colon = entry.lastIndex(of: ":") else {
      return (entry, "none")
    }
    return (String(entry[..<colon]), String(entry[entry.index(after: colon)...]))
  }
}
