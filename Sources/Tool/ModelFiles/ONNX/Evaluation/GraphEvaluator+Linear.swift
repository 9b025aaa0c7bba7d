// SPDX-License-Identifier: MIT

/// Gemm and MatMul.
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
      throw node.refusal("A is \(a.title), expected the output of a layer, of two axes")
    }
    let result = try linear(node, signal, weights)
    guard let c else { return .signal(result) }
    guard case .floats(let bias) = c, bias.shape.count <= 2 else {
      throw node.refusal("C is \(c.title), expected a constant")
    }
    return .signal(try scaled(node, result, .add, bias))
  }

  mutating func matMul(_ node: Node, _ a: GraphValue, _ b: GraphValue) throws -> GraphValue {
    try node.expect()
    guard case .signal(let signal) = a, case .floats(let weights) = b, weights.shape.count == 2
    else {
      throw node.refusal(
        "multiplies \(a.title) by \(b.title), expected the output of a layer by a constant of two "
          + "axes")
    }
    return .signal(try linear(node, signal, weights.transposed))
  }

  /// - Parameter weights: [out, in]
  private mutating func linear(
    _ node: Node, _ signal: Signal, _ weights: ConstantTensor<Float>
  ) throws -> Signal {
    let (outputs, inputs) = (weights.shape[0], weights.shape[1])
    let feature = signal.meaning == .none ? signal.axes.last ?? [] : signal.feature
    guard signal.axes.last == feature, feature.size ?? inputs == inputs, outputs > 0, inputs > 0
    else {
      throw node.refusal(
        "found \(signal.title) with \(feature.title) features for a matrix of \(inputs) inputs, "
          + "expected each step's features, one step at a time")
    }
    let signal = try reading(node, .signal(signal), size: inputs).signal
    let layer = LinearLayer(
      source: node.title, inputSize: inputs, outputSize: outputs, weights: weights.elements)
    var result = try appending(.layer(.linear(layer)), to: signal, node)
    result.feature = newAxis(outputs, "\(outputs)")
    result.axes[result.axes.count - 1] = result.feature
    return result
  }
}
