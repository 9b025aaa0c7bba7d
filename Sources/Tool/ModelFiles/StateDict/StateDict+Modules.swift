// SPDX-License-Identifier: MIT

extension StateDict {
  /// In the order of their first tensors. A normalizer's and an initial state's tensors make none.
  var modules: [StateDictModule] {
    var names: [String] = []
    var shapes: [String: [String: [Int]]] = [:]
    for tensor in tensors {
      let (module, leaf) = (tensor.module, tensor.leaf)
      if StateDict.isExtra(leaf) { continue }
      if shapes[module] == nil { names.append(module) }
      shapes[module, default: [:]][leaf] = tensor.shape
    }
    return names.map { StateDictModule(name: $0, shapes: shapes[$0] ?? [:]) }
  }

  /// Whether a tensor is Leat's own, or an initial state, and so of no module.
  private static func isExtra(_ leaf: String) -> Bool {
    [
      "input_mean", "input_std", "input_min", "input_range", "output_mean", "output_std",
      "output_min", "output_range", "h0", "c0", "h_0", "c_0",
    ].contains(leaf)
  }
}
