// SPDX-License-Identifier: MIT

/// The operators that are activations.
extension GraphEvaluator {
  mutating func activation(_ node: Node, _ inputs: [GraphValue?]) throws -> GraphValue {
    guard let first = inputs.first, let value = first else {
      throw node.refusal("input 0 is missing")
    }
    if case .formula = value, ["Relu", "Sigmoid", "Tanh", "Softplus"].contains(node.type) {
      try node.expect()
      return try call(node, node.type.lowercased(), value)
    }
    func float(_ name: String, otherwise: Float) throws -> Float {
      try node.float(name) ?? otherwise
    }
    func plain(_ activation: Activation) throws -> Activation {
      try node.expect()
      return activation
    }
    let activation: Activation
    switch node.type {
    case "Relu": activation = try plain(.relu)
    case "Sigmoid": activation = try plain(.sigmoid)
    case "Tanh": activation = try plain(.tanh)
    case "Softplus": activation = try plain(.softplus())
    case "Softsign": activation = try plain(.softsign)
    case "HardSwish": activation = try plain(.hardswish)
    case "LeakyRelu":
      try node.expect(attributes: "alpha")
      activation = .leakyReLU(slope: try float("alpha", otherwise: 0.01))
    case "Elu":
      try node.expect(attributes: "alpha")
      activation = .elu(alpha: try float("alpha", otherwise: 1))
    case "HardSigmoid":
      try node.expect(attributes: "alpha", "beta")
      activation = .hardSigmoid(
        alpha: try float("alpha", otherwise: 0.2), beta: try float("beta", otherwise: 0.5))
    case "Swish":
      try node.expect(attributes: "alpha")
      let alpha = try float("alpha", otherwise: 1)
      guard alpha == 1 else { throw node.refusal("alpha is \(alpha), expected 1") }
      activation = .silu
    case "Gelu":
      try node.expect(attributes: "approximate")
      let approximate = try node.string("approximate") ?? "none"
      guard ["none", "tanh"].contains(approximate) else {
        throw node.refusal("approximate is '\(approximate)', expected 'none' or 'tanh'")
      }
      activation = approximate == "tanh" ? .geluTanh : .gelu
    case "Clip": activation = try clip(node, inputs)
    case "PRelu": return try prelu(node, value, inputs.count > 1 ? inputs[1] : nil)
    default: activation = try softmax(node, value)
    }
    return .signal(try activated(node, value, activation))
  }

  mutating func activated(
    _ node: Node, _ value: GraphValue, _ activation: Activation
  ) throws -> Signal {
    // An element's activation is the same wherever its features are.
    var axis: Int?
    if case .signal(let signal) = value, signal.meaning != .none {
      axis = signal.axes.firstIndex(of: signal.feature)
    }
    let (signal, size) = try reading(node, value, featureAxis: axis)
    let layer = ActivationLayer(source: node.title, size: size, activation: activation)
    return try appending(.layer(.activation(layer)), to: signal, node)
  }

  /// Softmax and LogSoftmax.
  private func softmax(_ node: Node, _ value: GraphValue) throws -> Activation {
    try node.expect(attributes: "axis")
    guard case .signal(let signal) = value else {
      throw node.refusal("applied to \(value.title), expected the output of a layer")
    }
    let axis = try node.axis(
      try node.int("axis") ?? (node.opset < 13 ? 1 : -1), of: signal.axes.count)
    guard axis == signal.axes.count - 1,
      signal.meaning == .none || signal.axes[axis] == signal.feature
    else {
      throw node.refusal(
        "axis is \(axis) of \(signal.title), expected the features, the last one")
    }
    return node.type == "Softmax" ? .softmax : .logSoftmax
  }

  /// Before opset 11 the limits are attributes.
  private func clip(_ node: Node, _ inputs: [GraphValue?]) throws -> Activation {
    try node.expect(attributes: "min", "max")
    func limit(_ index: Int, _ name: String) throws -> Float? {
      guard index < inputs.count, let value = inputs[index] else { return try node.float(name) }
      guard case .floats(let tensor) = value, tensor.elements.count == 1 else {
        throw node.refusal("\(name) is \(value.title), expected one number")
      }
      return tensor.elements[0]
    }
    let (least, largest) = (try limit(1, "min"), try limit(2, "max"))
    switch (least, largest) {
    case (0?, 6?): return .relu6
    case (0?, nil), (0?, .infinity?), (0?, .greatestFiniteMagnitude?): return .relu
    case (let least?, let largest?) where least <= largest && least.isFinite && largest.isFinite:
      return .hardtanh(least: least, largest: largest)
    default:
      throw node.refusal(
        "limits to \(least.map { "\($0)" } ?? "any")…\(largest.map { "\($0)" } ?? "any"), expected "
          + "both limits, or 0 and none")
    }
  }

  private mutating func prelu(
    _ node: Node, _ value: GraphValue, _ slope: GraphValue?
  ) throws -> GraphValue {
    try node.expect()
    guard case .floats(let tensor)? = slope else {
      throw node.refusal("slope is \(slope?.title ?? "missing"), expected a constant")
    }
    let (signal, size) = try reading(node, value)
    var slopes = try features(node, signal, tensor)
    // The first layer of a file says how many inputs there are, and a scale may be no layer.
    if slopes.count == 1 && signal.links.allSatisfy(\.isScale) {
      try checkSize([size], node)
      slopes = [Float](repeating: slopes[0], count: size)
    }
    let layer = PReLULayer(source: node.title, weights: slopes)
    return .signal(try appending(.layer(.prelu(layer)), to: signal, node))
  }
}
