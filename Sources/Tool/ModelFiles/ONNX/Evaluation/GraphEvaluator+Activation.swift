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
    let activation = Activation(rawValue: node.type.lowercased())
    if activation == .softmax {
      let axis = try node.axis(
        try node.int("axis") ?? (node.opset < 13 ? 1 : -1), of: signal.axes.count)
      guard axis == signal.axes.count - 1, signal.axes[axis] == signal.feature else {
        throw node.refusal(
          "axis is \(axis) of \(signal.title), expected the features, the last one")
      }
    }
    return try changingLastLayer(node, signal, if: { $0.activation == nil }) {
      $0.activation = activation
    }
  }
}
