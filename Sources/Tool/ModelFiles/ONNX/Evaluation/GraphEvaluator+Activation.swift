// SPDX-License-Identifier: MIT

/// Sigmoid, Tanh, Relu and Softmax.
extension GraphEvaluator {
  func activation(_ node: Node, _ value: GraphValue) throws -> GraphValue {
    try node.expect(attributes: node.type == "Softmax" ? "axis" : "")
    guard case .signal(let signal) = value else {
      throw node.refusal("applied to \(value.title), expected the output of a layer")
    }
    guard !signal.layers.isEmpty else {
      throw node.refusal(
        "comes before the LSTM, expected after a layer; apply it to the samples before Leat")
    }
    try expectHidden(node, signal)
    guard let size = signal.feature.size else {
      throw node.refusal("found an unknown number of features")
    }
    var result = signal
    switch node.type {
    case "Relu": result.append(.relu, size, node)
    case "Sigmoid": result.append(.sigmoid, size, node)
    case "Tanh": result.append(.tanh, size, node)
    default:
      let axis = try node.axis(
        try node.int("axis") ?? (node.opset < 13 ? 1 : -1), of: signal.axes.count)
      guard axis == signal.axes.count - 1, signal.axes[axis] == signal.feature else {
        throw node.refusal(
          "axis is \(axis) of \(signal.title), expected the features, the last one")
      }
      result.append(.softmax, size, node)
    }
    return .signal(result)
  }
}

extension Signal {
  fileprivate mutating func append(_ activation: Activation, _ size: Int, _ node: Node) {
    layers.append(
      .activation(ActivationLayer(source: node.title, size: size, activation: activation)))
  }
}
