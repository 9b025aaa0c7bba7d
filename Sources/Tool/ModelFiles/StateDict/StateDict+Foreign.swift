// SPDX-License-Identifier: MIT

/// Modules that Leat doesn't run, by the names and shapes of their tensors.
extension StateDict {
  /// - Parameter layers: what the user says of them: `embed=linear`
  func refuseForeign(_ modules: [StateDictModule], layers: String?) throws {
    let said = LayersEntry.list(layers ?? "")
    for module in modules where !module.isRecurrent {
      guard let title = foreignTitle(module, modules) else { continue }
      let tensors = module.shapes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        .joined(separator: ", ")
      let found = "'\(module.name)' (\(tensors)) is \(title.text)"
      guard let kind = title.orElse else { throw ModelFileError(found) }
      if said.contains(where: { $0.module == module.name && $0.kind == kind }) { continue }
      let option = StateDict.proposed(modules, order).map { entry in
        entry == module.name ? "\(entry)=\(kind)" : entry
      }
      throw ModelFileError(
        "\(found); if it is an nn.\(kind == "prelu" ? "PReLU" : "Linear") of the chain, say so: "
          + "--layers \"\(option.joined(separator: " "))\"")
    }
  }

  private typealias Title = (text: String, orElse: String?)

  /// nil of a module that Leat runs.
  private func foreignTitle(_ module: StateDictModule, _ modules: [StateDictModule]) -> Title? {
    let shapes = module.shapes
    let lower = module.name.lowercased()
    let named = { (words: [String]) in words.contains { lower.contains($0) } }
    if shapes.keys.contains(where: { $0.hasPrefix("in_proj") || $0.hasSuffix("_proj_weight") }) {
      return ("nn.MultiheadAttention, \(Self.allSteps)", nil)
    }
    if module.kind == .linear, named(["attn", "attention"]) {
      return ("attention by its name, \(Self.allSteps)", "linear")
    }
    switch shapes["weight"]?.count {
    case 3:
      return (
        "an nn.Conv1d, which reads several steps, and Leat doesn't run it: compute it in your "
          + "program before Leat, or train without it", nil
      )
    case 4, 5: return ("a convolution of several axes, which Leat doesn't run", nil)
    case 2:
      guard shapes["bias"] == nil else { return nil }
      let first = modules.first(where: \.isRecurrent)
      let fitsAsEmbedding =
        module.inputs == first?.inputs && module.outputs != first?.inputs
        && !modules.contains { $0.outputs == module.inputs && $0.name != module.name }
      guard named(["emb"]) || fitsAsEmbedding else { return nil }
      return (
        "an nn.Embedding, which turns a number into a row of a table: look the row up in your "
          + "program, and give it to Leat as the sample", "linear"
      )
    case 1 where shapes["running_mean"] == nil:
      if shapes["bias"] != nil {
        return (
          "an nn.LayerNorm or nn.GroupNorm, of which the mean and the variance are of each sample: "
            + "Leat runs nn.BatchNorm1d, which has running_mean and running_var", nil
        )
      }
      return (
        shapes["weight"] == [1] && !named(["norm"])
          ? "an nn.PReLU or a factor of your own"
          : "an nn.RMSNorm or nn.LayerNorm without bias, which Leat doesn't run, or an nn.PReLU",
        "prelu"
      )
    default: return unknownTitle(module)
    }
  }

  private static let allSteps = "which reads all steps at once, and Leat has one step at a time"

  private func unknownTitle(_ module: StateDictModule) -> Title? {
    let shapes = module.shapes
    if shapes["running_mean"] != nil || shapes["weight"] != nil { return nil }
    // The library says what is wrong with these.
    if shapes.keys.allSatisfy({ $0 == "bias" || $0.hasSuffix("_scale") || $0 == "running_var" }) {
      return nil
    }
    if shapes.keys.contains(where: { $0.hasSuffix("_raw") }) {
      return ("a weight that training drops at random (WeightDrop): save the model without it", nil)
    }
    return (
      "a parameter of no module that Leat runs: what forward() does with it can't be read; export "
        + "the model with torch.onnx.export, or compute it in your program", nil
    )
  }
}
