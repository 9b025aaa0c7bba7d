// SPDX-License-Identifier: MIT

/// What a state_dict is taken for, as its tensors don't show it.
extension StateDict {
  /// nil if all is said.
  ///
  /// - Parameters:
  ///   - layers: as in `leat.layers`
  ///   - metadata: of the source
  static func assumption(
    _ modules: [StateDictModule], layers: String?, _ metadata: [String: String]
  ) -> String? {
    let assumptions = [
      layers == nil ? order(modules) : nil, arguments(modules, metadata),
    ].compactMap { $0 }
    return assumptions.isEmpty ? nil : "assumes \(assumptions.joined(separator: "; and "))"
  }

  private static func order(_ modules: [StateDictModule]) -> String {
    let order = modules.sorted { $0.isRecurrent && !$1.isRecurrent }.map(\.name)
    return "that forward() computes \(order.joined(separator: ", then ")), and nothing "
      + "else: a state_dict shows no activation and no sum; if there is one, say it, as in "
      + "--layers \"\(order.joined(separator: " ")):sigmoid\" or "
      + "--layers \"\(order.joined(separator: " ")) +input\""
  }

  /// The arguments of PyTorch's modules that change what is computed, where the metadata doesn't
  /// have them.
  private static func arguments(
    _ modules: [StateDictModule], _ metadata: [String: String]
  ) -> String? {
    var assumed: [(text: String, key: String)] = []
    for module in modules {
      let (argument, value): (String, String)
      switch module.kind {
      case .rnn: (argument, value) = ("nonlinearity", "tanh")
      case .batchNorm: (argument, value) = ("eps", "1e-5")
      case .lstm, .gru, .linear, .prelu, .other: continue
      }
      let key = "leat.\(module.name).\(argument)"
      if metadata[key] == nil { assumed.append(("\(argument) \(value) of '\(module.name)'", key)) }
    }
    guard !assumed.isEmpty else { return nil }
    return assumed.map(\.text).joined(separator: " and ")
      + ": a state_dict doesn't show it; if it is another, save the tensors as safetensors with it in "
      + "the metadata: \(assumed.map(\.key).joined(separator: ", "))"
  }
}
