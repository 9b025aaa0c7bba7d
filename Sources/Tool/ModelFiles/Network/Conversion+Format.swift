// SPDX-License-Identifier: MIT

/// Which files need `leat.format` 2: those with something that format 1 doesn't allow.
extension Conversion {
  /// - Parameter layers: as in `leat.layers`; nil if the tensors are enough
  public mutating func set(layers: String?) {
    if let layers { metadata["leat.layers"] = layers }
    if hasTensorsOfFormat2 || hasArguments || layers.map(isOrderOfFormat2) ?? false {
      metadata["leat.format"] = "2"
    }
  }

  private static let tensorsOfFormat1: Set = [
    "weight", "bias", "input_mean", "input_std", "h0", "c0", "h_0", "c_0",
  ]

  /// Whether a tensor is of a module that isn't an nn.LSTM or an nn.Linear, or has a shape that
  /// format 1 doesn't know.
  private var hasTensorsOfFormat2: Bool {
    let names = Set(tensors.map(\.name))
    return tensors.contains { tensor in
      let (module, leaf) = parted(tensor.name)
      switch leaf {
      case "weight": return tensor.shape.count != 2
      case "input_mean", "input_std": return tensor.shape.count != 1
      case "bias" where names.contains(module + "running_mean"): return true
      case _ where leaf.hasPrefix("weight_hh_l"):
        // With a projection the columns aren't the units.
        return !names.contains(module + leaf.replacing("hh", with: "hr"))
          && tensor.shape.count == 2 && tensor.shape[0] != 4 * tensor.shape[1]
      case _ where leaf.hasSuffix("_scale"): return false
      case _ where Self.tensorsOfFormat1.contains(leaf): return false
      default:
        return !["weight_ih_l", "weight_hr_l", "bias_ih_l", "bias_hh_l"].contains(
          where: leaf.hasPrefix)
      }
    }
  }

  /// A tensor's name as its module, with the dot, and the rest.
  private func parted(_ name: String) -> (module: String, leaf: String) {
    guard let dot = name.lastIndex(of: ".") else { return ("", name) }
    return (String(name[...dot]), String(name[name.index(after: dot)...]))
  }

  private var hasArguments: Bool {
    metadata.keys.contains {
      $0.hasPrefix("leat.") && $0 != "leat.layers" && $0 != "leat.format"
    }
  }

  /// Whether the list has a linear layer before a recurrent one, an activation of a recurrent
  /// layer or of its own, one that format 1 doesn't know, a sum, or says a kind.
  private func isOrderOfFormat2(_ layers: String) -> Bool {
    let names = Set(tensors.map(\.name))
    var sawLinear = false
    for entry in layers.split(separator: " ") {
      let colon = entry.lastIndex(of: ":")
      let name = String(entry[..<(colon ?? entry.endIndex)])
      if name.isEmpty || name.contains("=") || entry.hasPrefix("+") { return true }
      if let colon {
        let activation = String(entry[entry.index(after: colon)...])
        if activation != "none" && !Activation.ofFormat1.contains(activation) { return true }
      }
      if names.contains(name == "." ? "weight_ih_l0" : "\(name).weight_ih_l0") {
        if sawLinear || colon != nil { return true }
      } else {
        sawLinear = true
      }
    }
    return false
  }
}
