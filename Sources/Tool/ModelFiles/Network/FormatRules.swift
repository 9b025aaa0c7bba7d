// SPDX-License-Identifier: MIT

/// Which files need `leat.format` 2: those with something that format 1 doesn't allow.
struct FormatRules {
  /// Of each tensor, by its name.
  let shapes: [String: [Int]]
  /// Whether the metadata has a `leat.MODULE.ARGUMENT`.
  let hasArguments: Bool

  /// - Parameter layers: as in `leat.layers`; nil if the tensors are enough
  func needFormat2(layers: String?) -> Bool {
    hasArguments || shapes.contains(where: isOfFormat2) || layers.map(isOrderOfFormat2) ?? false
  }

  private static let tensorsOfFormat1: Set = [
    "weight", "bias", "input_mean", "input_std", "h0", "c0", "h_0", "c_0",
  ]

  /// Whether a tensor is of a module that isn't an nn.LSTM or an nn.Linear, or has a shape that
  /// format 1 doesn't know.
  private func isOfFormat2(_ text: String, _ shape: [Int]) -> Bool {
    let name = TensorName(text)
    switch name.leaf {
    case "weight": return shape.count != 2
    case "input_mean", "input_std": return shape.count != 1
    case "bias" where has("running_mean", of: name.module): return true
    case let leaf where leaf.hasPrefix("weight_hh_l"):
      // With a projection the columns aren't the units.
      guard shape.count == 2, !has(leaf.replacing("hh", with: "hr"), of: name.module) else {
        return false
      }
      // The columns of no rows may be any number.
      return !shape[0].isMultiple(of: 4) || shape[0] / 4 != shape[1]
    case let leaf where leaf.hasSuffix("_scale") || Self.tensorsOfFormat1.contains(leaf):
      return false
    case let leaf:
      return !["weight_ih_l", "weight_hr_l", "bias_ih_l", "bias_hh_l"].contains(
        where: leaf.hasPrefix)
    }
  }

  private func has(_ leaf: String, of module: String) -> Bool {
    shapes[TensorName(module: module, leaf: leaf).text] != nil
  }

  /// Whether the list has a linear layer before a recurrent one, an activation of a recurrent
  /// layer or of its own, one that format 1 doesn't know, a sum, or says a kind.
  private func isOrderOfFormat2(_ layers: String) -> Bool {
    var sawLinear = false
    for entry in LayersEntry.list(layers) {
      if entry.module.isEmpty || entry.kind != nil { return true }
      if let activation = entry.activation, activation != "none",
        !Activation.ofFormat1.contains(activation)
      {
        return true
      }
      if has("weight_ih_l0", of: entry.module) {
        if sawLinear || entry.activation != nil { return true }
      } else {
        sawLinear = true
      }
    }
    return false
  }
}

extension Conversion {
  /// - Parameter layers: as in `leat.layers`; nil if the tensors are enough
  public mutating func set(layers: String?) {
    if let layers { metadata["leat.layers"] = layers }
    let rules = FormatRules(
      shapes: Dictionary(tensors.map { ($0.name, $0.shape) }, uniquingKeysWith: { $1 }),
      hasArguments: metadata.keys.contains {
        $0.hasPrefix("leat.") && $0 != "leat.layers" && $0 != "leat.format"
      })
    if rules.needFormat2(layers: layers) { metadata["leat.format"] = "2" }
  }
}
