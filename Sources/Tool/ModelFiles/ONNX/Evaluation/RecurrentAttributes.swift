// SPDX-License-Identifier: MIT

/// The attributes of the operators LSTM, GRU and RNN.
struct RecurrentAttributes {
  private let node: Node
  private let kind: RecurrentLayer.Kind

  init(_ node: Node, _ kind: RecurrentLayer.Kind) { (self.node, self.kind) = (node, kind) }

  /// - Returns: how the layer differs from PyTorch's, and whether `layout` is 1
  func read() throws -> (variant: RecurrentLayer.Variant, isBatchFirst: Bool) {
    try checkNames()
    let direction = try node.string("direction") ?? "forward"
    guard direction == "forward" else {
      throw node.refusal(
        "direction is '\(direction)', expected 'forward': the others need the end of the sequence "
          + "first, which a stream never has; train a forward \(node.type)")
    }
    let layout = try node.int("layout") ?? 0
    guard layout == 0 || layout == 1 else {
      throw node.refusal("layout is \(layout), expected 0 or 1")
    }
    var variant = try activations()
    if let clip = try node.float("clip") {
      guard clip > 0 else { throw node.refusal("clip is \(clip), expected more than 0") }
      variant.clip = clip
    }
    variant.couplesInputAndForget = try node.int("input_forget") ?? 0 != 0
    variant.resetsAfter = try kind != .gru || node.int("linear_before_reset") ?? 0 != 0
    return (variant, layout == 1)
  }

  private func checkNames() throws {
    let common = [
      "activation_alpha", "activation_beta", "activations", "clip", "direction", "hidden_size",
      "layout", "output_sequence",
    ]
    switch kind {
    case .lstm: try node.expect(attributes: common + ["input_forget"])
    case .gru: try node.expect(attributes: common + ["linear_before_reset"])
    case .rnn: try node.expect(attributes: common)
    }
  }

  // MARK: - The activations

  /// In ONNX's order: f of the gates; g of the LSTM's c or the GRU's h; h of the LSTM's output.
  private func activations() throws -> RecurrentLayer.Variant {
    let defaults =
      switch kind {
      case .lstm: ["Sigmoid", "Tanh", "Tanh"]
      case .gru: ["Sigmoid", "Tanh"]
      case .rnn: ["Tanh"]
      }
    var names = try node.strings("activations") ?? []
    if names.isEmpty { names = defaults }
    guard names.count == defaults.count else {
      throw node.refusal(
        "found \(names.count) activations, expected \(defaults.count) for one direction")
    }
    var numbers = Numbers(
      alpha: try node.floats("activation_alpha") ?? [],
      beta: try node.floats("activation_beta") ?? [])
    let found = try names.map { try activation($0, &numbers) }
    for (name, rest) in [("activation_alpha", numbers.alpha), ("activation_beta", numbers.beta)] {
      guard rest.isEmpty else {
        throw node.refusal(
          "\(name) has \(rest.count) more than the numbers of "
            + "\(names.joined(separator: ", ")), expected one for each that has any")
      }
    }
    switch kind {
    case .lstm:
      return .init(
        recurrentActivation: found[0], activation: found[1], outputActivation: found[2])
    case .gru: return .init(recurrentActivation: found[0], activation: found[1])
    case .rnn: return .init(activation: found[0])
    }
  }

  /// What no activation has taken yet: each takes the first, if it has such a number.
  private struct Numbers {
    var alpha, beta: [Float]

    mutating func next() -> (alpha: Float?, beta: Float?) {
      let first = (alpha.first, beta.first)
      alpha = Array(alpha.dropFirst())
      beta = Array(beta.dropFirst())
      return first
    }
  }

  private func activation(_ name: String, _ numbers: inout Numbers) throws -> Activation {
    // Runtimes don't tell upper from lower case here.
    switch name.lowercased() {
    case "sigmoid": return .sigmoid
    case "tanh": return .tanh
    case "relu": return .relu
    case "softsign": return .softsign
    case "hardsigmoid":
      let (alpha, beta) = numbers.next()
      return .hardSigmoid(alpha: alpha ?? 0.2, beta: beta ?? 0.5)
    case "affine":
      let (alpha, beta) = numbers.next()
      // ONNX and ONNX Runtime have other defaults.
      guard alpha == 1, beta == 0 else {
        throw node.refusal(
          "Affine has alpha \(alpha.map { "\($0)" } ?? "missing") and beta "
            + "\(beta.map { "\($0)" } ?? "missing"), expected 1 and 0, which changes nothing")
      }
      return .identity
    default:
      throw node.refusal(
        "found the activation \(name), expected Sigmoid, HardSigmoid, Tanh, Softsign, Relu or "
          + "Affine; train it with one of those")
    }
  }
}
