// SPDX-License-Identifier: MIT

/// Gemm and MatMul, and what all layers after the LSTM have in common.
extension GraphEvaluator {
  /// Gemm: A [batch, in] · B [in, out] + C [out].
  mutating func gemm(
    _ node: Node, _ a: GraphValue, _ b: GraphValue, _ c: GraphValue?
  ) throws -> GraphValue {
    try node.expect(attributes: "alpha", "beta", "transA", "transB", "broadcast")
    for name in ["alpha", "beta"] {
      if let value = try node.float(name), value != 1 {
        throw node.refusal("\(name) is \(value), expected 1; multiply it into the weights")
      }
    }
    if let transA = try node.int("transA"), transA != 0 {
      throw node.refusal("transA is \(transA), expected 0")
    }
    guard case .floats(var weights) = b, weights.shape.count == 2 else {
      throw node.refusal("B is \(b.title), expected a constant of two axes")
    }
    if try node.int("transB") ?? 0 == 0 { weights = weights.transposed }
    guard case .signal(let signal) = a, signal.axes.count == 2 else {
      throw node.refusal("A is \(a.title), expected the output of an LSTM, of two axes")
    }
    let result = try linear(node, signal, weights)
    guard let c else { return .signal(result) }
    guard case .floats(let bias) = c, bias.shape.count <= 2 else {
      throw node.refusal("C is \(c.title), expected a constant")
    }
    return try add(node, result, bias)
  }

  mutating func matMul(_ node: Node, _ a: GraphValue, _ b: GraphValue) throws -> GraphValue {
    try node.expect()
    guard case .signal(let signal) = a, case .floats(let weights) = b, weights.shape.count == 2
    else {
      throw node.refusal(
        "multiplies \(a.title) by \(b.title), expected the output of an LSTM by a constant of two "
          + "axes")
    }
    return .signal(try linear(node, signal, weights.transposed))
  }

  /// - Parameter weights: [out, in]
  private mutating func linear(
    _ node: Node, _ signal: Signal, _ weights: ConstantTensor<Float>
  ) throws -> Signal {
    var signal = signal
    try expectHidden(node, signal)
    let (outputs, inputs) = (weights.shape[0], weights.shape[1])
    guard signal.axes.last == signal.feature, (signal.feature.size ?? inputs) == inputs,
      outputs > 0, inputs > 0
    else {
      throw node.refusal(
        "found \(signal.title) with \(signal.feature.title) features for a matrix of \(inputs) "
          + "inputs, expected each step's features, one step at a time")
    }
    signal.layers.append(
      .linear(
        LinearLayer(
          source: node.title, inputSize: inputs, outputSize: outputs, weights: weights.elements)))
    signal.feature = newAxis(outputs, "\(outputs)")
    signal.axes[signal.axes.count - 1] = signal.feature
    return signal
  }

  /// Refuses a linear layer or an activation that doesn't come after an LSTM's h.
  func expectHidden(_ node: Node, _ signal: Signal) throws {
    guard !signal.layers.isEmpty else {
      throw node.refusal(
        "comes before the LSTM, expected LSTM layers, then linear layers; a linear layer without "
          + "activation can be multiplied into the LSTM's weight_ih")
    }
    guard signal.kind != .cell else {
      throw node.refusal("uses the cell state c_n, expected h: Leat's linear layers take h only")
    }
  }

  /// Changes the last layer; if the change can't be merged into it, a new layer that passes on each
  /// value is changed.
  func changingLastLayer(
    _ node: Node, _ signal: Signal, if isMergeable: (LinearLayer) -> Bool,
    _ change: (inout LinearLayer) -> Void
  ) throws -> GraphValue {
    guard let size = signal.feature.size else {
      throw node.refusal("found an unknown number of features")
    }
    var signal = signal
    var layer: LinearLayer
    if case .linear(let last)? = signal.layers.last, isMergeable(last) {
      layer = last
      signal.layers.removeLast()
    } else {
      try checkDiagonal(node, signal, size)
      layer = .identity(size, source: node.title)
    }
    change(&layer)
    if layer.source != node.title { layer.source += ", \(node.title)" }
    signal.layers.append(.linear(layer))
    return .signal(signal)
  }

  /// Refuses a diagonal matrix that would take too much memory, as its size is the square.
  func checkDiagonal(_ node: Node, _ signal: Signal, _ size: Int) throws {
    guard size <= 4096 else {
      throw node.refusal(
        "found \(size) features, expected at most 4096; compute it outside of Leat")
    }
    guard signal.layers.count < 64 else {
      throw node.refusal(
        "comes after \(signal.layers.count) layers, expected at most 63; compute it outside of Leat"
      )
    }
  }
}
