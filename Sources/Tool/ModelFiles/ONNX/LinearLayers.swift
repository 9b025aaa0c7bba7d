// SPDX-License-Identifier: MIT

extension Walk {
  /// Gemm: A [batch, in] · B [in, out] + C [out].
  mutating func gemm(_ node: Node, _ a: Value, _ b: Value, _ c: Value?) throws -> Value {
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
    if try node.int("transB") ?? 0 == 0 { weights = weights.transposed([1, 0]) }
    guard case .signal(let signal) = a, signal.axes.count == 2 else {
      throw node.refusal("A is \(a.title), expected the output of an LSTM, of two axes")
    }
    let result = try multiplied(node, signal, weights)
    guard let c else { return .signal(result) }
    guard case .floats(let bias) = c, bias.shape.count <= 2 else {
      throw node.refusal("C is \(c.title), expected a constant")
    }
    return try add(node, result, bias)
  }

  mutating func matMul(_ node: Node, _ a: Value, _ b: Value) throws -> Value {
    try node.expect()
    guard case .signal(let signal) = a, case .floats(let weights) = b, weights.shape.count == 2
    else {
      throw node.refusal(
        "multiplies \(a.title) by \(b.title), expected the output of an LSTM by a constant of two "
          + "axes")
    }
    return .signal(try multiplied(node, signal, weights.transposed([1, 0])))
  }

  /// - Parameter weights: [out, in]
  private mutating func multiplied(
    _ node: Node, _ signal: Signal, _ weights: Dense<Float>
  ) throws -> Signal {
    var signal = try head(node, signal)
    let (outputs, inputs) = (weights.shape[0], weights.shape[1])
    guard signal.axes.last == signal.feature, (signal.feature.size ?? inputs) == inputs,
      outputs > 0, inputs > 0
    else {
      throw node.refusal(
        "a matrix for \(inputs) inputs meets \(signal.title), whose features are "
          + "\(signal.feature.title): expected each step's features, one step at a time")
    }
    signal.layers.append(
      .linear(
        LinearLayer(
          source: node.title, inputSize: inputs, outputSize: outputs, weights: weights.elements)))
    signal.feature = factor(outputs, "\(outputs)")
    signal.axes[signal.axes.count - 1] = signal.feature
    return signal
  }

  /// What a layer may stand behind.
  private func head(_ node: Node, _ signal: Signal) throws -> Signal {
    guard !signal.layers.isEmpty else {
      throw node.refusal(
        "stands before the LSTM; leat convert reads LSTM layers, then linear ones; a linear "
          + "layer without activation can be multiplied into the LSTM's weight_ih")
    }
    guard signal.kind != .cell else {
      throw node.refusal("uses the cell state c_n; Leat's linear layers see h only")
    }
    return signal
  }

  /// One number for each feature, or one for all of them.
  private func features(
    _ node: Node, _ signal: Signal, _ constant: Dense<Float>
  ) throws -> [Float] {
    guard signal.axes.last == signal.feature, let size = signal.feature.size,
      constant.shape.count <= signal.axes.count, constant.shape.dropLast().allSatisfy({ $0 == 1 }),
      constant.elements.count == size || constant.elements.count == 1
    else {
      throw node.refusal(
        "a constant of shape \(constant.shape) meets \(signal.title), expected one number for each "
          + "of \(signal.feature.title) features")
    }
    return constant.elements.count == size
      ? constant.elements : [Float](repeating: constant.elements[0], count: size)
  }

  private func add(_ node: Node, _ signal: Signal, _ constant: Dense<Float>) throws -> Value {
    var signal = try head(node, signal)
    let bias = try features(node, signal, constant)
    if case .linear(var layer)? = signal.layers.last, layer.bias == nil, layer.activation == nil {
      layer.bias = bias
      if layer.source != node.title { layer.source += ", \(node.title)" }
      signal.layers[signal.layers.count - 1] = .linear(layer)
      return .signal(signal)
    }
    try appendDiagonal(node, &signal, [Float](repeating: 1, count: bias.count), bias)
    return .signal(signal)
  }

  private func appendDiagonal(
    _ node: Node, _ signal: inout Signal, _ factors: [Float], _ bias: [Float]?
  ) throws {
    guard factors.count <= 4096 else {
      throw node.refusal("\(factors.count) features, expected at most 4096; do it around Leat")
    }
    // Each is a matrix of the features' square.
    guard signal.layers.count < 64 else {
      throw node.refusal("stands behind 64 layers, expected less; do it around Leat")
    }
    var layer = LinearLayer.diagonal(factors, source: node.title)
    layer.bias = bias
    signal.layers.append(.linear(layer))
  }

  // MARK: - Element by element

  /// Add, Sub, Mul, Div: of constants, of the input (the normalizer), or of what a layer puts out.
  func arithmetic(_ node: Node, _ a: Value, _ b: Value) throws -> Value {
    // Before opset 7 there were attributes; they are refused.
    try node.expect()
    switch (a, b) {
    case (.signal(let signal), .floats(let constant)):
      return try signal.layers.isEmpty
        ? normalize(node, signal, constant, constantIsFirst: false)
        : scale(node, signal, constant, constantIsFirst: false)
    case (.floats(let constant), .signal(let signal)):
      return try signal.layers.isEmpty
        ? normalize(node, signal, constant, constantIsFirst: true)
        : scale(node, signal, constant, constantIsFirst: true)
    case (.floats(let a), .floats(let b)):
      return .floats(
        try combined(node, a, b) { a, b in
          switch node.type {
          case "Add": a + b
          case "Sub": a - b
          case "Mul": a * b
          default: a / b
          }
        })
    case (.integers(let a), .integers(let b)):
      return .integers(try combined(node, a, b) { Walk.combine(node.type, $0, $1) })
    default:
      throw node.refusal(
        "combines \(a.title) and \(b.title); Leat's layers form a chain, each behind the one before"
      )
    }
  }

  private func scale(
    _ node: Node, _ signal: Signal, _ constant: Dense<Float>, constantIsFirst: Bool
  ) throws -> Value {
    switch (node.type, constantIsFirst) {
    case ("Add", _): return try add(node, signal, constant)
    case ("Sub", false): return try add(node, signal, constant.map { -$0 })
    case ("Mul", _):
      var signal = try head(node, signal)
      try appendDiagonal(node, &signal, try features(node, signal, constant), nil)
      return .signal(signal)
    default:
      throw node.refusal(
        "has no exact counterpart in Leat's layers; expected Mul, Add or Sub of constants, which "
          + "become an nn.Linear")
    }
  }

  private func combined<Element>(
    _ node: Node, _ a: Dense<Element>, _ b: Dense<Element>, _ combine: (Element, Element) -> Element
  ) throws -> Dense<Element> {
    guard let shape = Dense<Element>.broadcast(a.shape, b.shape) else {
      throw node.refusal("shapes \(a.shape) and \(b.shape) don't match")
    }
    try check(count: shape, node)
    let pairs = zip(a.expanded(shape).elements, b.expanded(shape).elements)
    var result = Dense(shape: shape, elements: pairs.map(combine))
    result.isSpread = a.isSpread || b.isSpread
    return result
  }

  static func combine(_ type: String, _ a: Length, _ b: Length) -> Length {
    guard case .known(let a) = a, case .known(let b) = b else { return .unknown }
    let (value, overflow) =
      switch type {
      case "Add": a.addingReportingOverflow(b)
      case "Sub": a.subtractingReportingOverflow(b)
      case "Mul": a.multipliedReportingOverflow(by: b)
      // Rounded towards zero, as C does it.
      default: a.dividedReportingOverflow(by: b)
      }
    return overflow ? .unknown : .known(value)
  }

  // MARK: - Activations

  func activation(_ node: Node, _ value: Value) throws -> Value {
    try node.expect(attributes: node.type == "Softmax" ? "axis" : "")
    guard case .signal(let signal) = value else {
      throw node.refusal("applied to \(value.title), expected what a layer puts out")
    }
    guard !signal.layers.isEmpty else {
      throw node.refusal(
        "stands before the LSTM; Leat has activations behind linear layers only; apply it to the "
          + "samples before they go to Leat")
    }
    var result = try head(node, signal)
    let kinds: [String: Activation] = [
      "Sigmoid": .sigmoid, "Tanh": .tanh, "Relu": .relu, "Softmax": .softmax,
    ]
    let kind = kinds[node.type]!
    if kind == .softmax {
      let axis = try node.axis(
        try node.int("axis") ?? (node.opset < 13 ? 1 : -1), of: signal.axes.count)
      guard axis == signal.axes.count - 1, signal.axes[axis] == signal.feature else {
        throw node.refusal(
          "axis is \(axis) of \(signal.title), expected the features, the last one")
      }
    }
    guard let size = signal.feature.size else { throw node.refusal("of unknown size") }
    if case .linear(let layer)? = result.layers.last, layer.activation == nil {
    } else {
      // Leat's activations belong to linear layers: this one changes nothing.
      try appendDiagonal(node, &result, [Float](repeating: 1, count: size), nil)
    }
    guard case .linear(var layer)? = result.layers.last else { return value }
    layer.activation = kind
    if layer.source != node.title { layer.source += ", \(node.title)" }
    result.layers[result.layers.count - 1] = .linear(layer)
    return .signal(result)
  }
}
