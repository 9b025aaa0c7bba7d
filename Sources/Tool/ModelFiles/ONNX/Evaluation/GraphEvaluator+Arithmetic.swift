// SPDX-License-Identifier: MIT

/// Add, Sub, Mul and Div: of constants, of the input (its normalizer), or of a layer's output.
extension GraphEvaluator {
  func arithmetic(_ node: Node, _ a: GraphValue, _ b: GraphValue) throws -> GraphValue {
    // Before opset 7 there were attributes; they are refused.
    try node.expect()
    switch (a, b) {
    case (.signal(let signal), .floats(let constant)):
      return try arithmetic(node, signal, constant, constantIsFirst: false)
    case (.floats(let constant), .signal(let signal)):
      return try arithmetic(node, signal, constant, constantIsFirst: true)
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
      return .integers(try combined(node, a, b) { combined(node.type, $0, $1) })
    default:
      throw node.refusal(
        "combines \(a.title) and \(b.title); Leat's layers form a chain, each after the one before "
          + "it")
    }
  }

  private func arithmetic(
    _ node: Node, _ signal: Signal, _ constant: ConstantTensor<Float>, constantIsFirst: Bool
  ) throws -> GraphValue {
    if signal.layers.isEmpty {
      return try normalize(node, signal, constant, constantIsFirst: constantIsFirst)
    }
    switch (node.type, constantIsFirst) {
    case ("Add", _): return try add(node, signal, constant)
    case ("Sub", false): return try add(node, signal, constant.map { -$0 })
    case ("Mul", _):
      try expectHidden(node, signal)
      let factors = try features(node, signal, constant)
      try checkDiagonal(node, signal, factors.count)
      var signal = signal
      signal.layers.append(.linear(.diagonal(factors, source: node.title)))
      return .signal(signal)
    default:
      throw node.refusal(
        "has no exact counterpart in Leat's layers; expected Mul, Add or Sub of constants, which "
          + "become an nn.Linear")
    }
  }

  func add(
    _ node: Node, _ signal: Signal, _ constant: ConstantTensor<Float>
  ) throws -> GraphValue {
    try expectHidden(node, signal)
    let bias = try features(node, signal, constant)
    return try changingLastLayer(node, signal, if: { $0.bias == nil }) {
      $0.bias = bias
    }
  }

  /// The numbers of a constant, one for each feature. A constant of one number is for all features.
  private func features(
    _ node: Node, _ signal: Signal, _ constant: ConstantTensor<Float>
  ) throws -> [Float] {
    guard signal.axes.last == signal.feature, let size = signal.feature.size,
      constant.shape.count <= signal.axes.count, constant.shape.dropLast().allSatisfy({ $0 == 1 }),
      constant.elements.count == size || constant.elements.count == 1
    else {
      throw node.refusal(
        "found a constant of shape \(constant.shape) for \(signal.title), expected one number for "
          + "each of \(signal.feature.title) features")
    }
    return constant.elements.count == size
      ? constant.elements : [Float](repeating: constant.elements[0], count: size)
  }

  private func combined<Element>(
    _ node: Node, _ a: ConstantTensor<Element>, _ b: ConstantTensor<Element>,
    _ combine: (Element, Element) -> Element
  ) throws -> ConstantTensor<Element> {
    guard let shape = Rearrangement.broadcast(a.shape, b.shape) else {
      throw node.refusal("shapes \(a.shape) and \(b.shape) don't match")
    }
    try checkSize(shape, node)
    let pairs = zip(a.expanded(to: shape).elements, b.expanded(to: shape).elements)
    var result = ConstantTensor(shape: shape, elements: pairs.map(combine))
    result.hasUnknownLengths = a.hasUnknownLengths || b.hasUnknownLengths
    return result
  }

  private func combined(_ type: String, _ a: Length, _ b: Length) -> Length {
    guard case .known(let a) = a, case .known(let b) = b else { return .unknown }
    let (value, overflow) =
      switch type {
      case "Add": a.addingReportingOverflow(b)
      case "Sub": a.subtractingReportingOverflow(b)
      case "Mul": a.multipliedReportingOverflow(by: b)
      // Rounded towards zero, as in C.
      default: a.dividedReportingOverflow(by: b)
      }
    return overflow ? .unknown : .known(value)
  }

  // MARK: - Before the LSTM

  /// Arithmetic of the graph's input and a constant, as a part of the normalizer.
  private func normalize(
    _ node: Node, _ signal: Signal, _ constant: ConstantTensor<Float>, constantIsFirst: Bool
  ) throws -> GraphValue {
    var signal = signal
    var values = constant.elements
    var axis: Axis?
    if values.count != 1 {
      let found = "found a constant of shape \(constant.shape) for the input, \(signal.title), "
      guard constant.shape.count <= signal.axes.count,
        let index = constant.shape.firstIndex(where: { $0 != 1 }),
        constant.shape[index] == values.count
      else { throw node.refusal(found + "expected one number for each input") }
      let matching = signal.axes[signal.axes.count - constant.shape.count + index]
      guard !matching.isEmpty, matching.size == nil || matching.size == values.count else {
        throw node.refusal(found + "expected the same length")
      }
      axis = matching
    }
    let hasSubtracted = signal.normalizer.mean != nil
    let hasDivided = signal.normalizer.deviation != nil
    switch (node.type, constantIsFirst) {
    case ("Sub", false) where !hasSubtracted && !hasDivided,
      ("Add", _) where !hasSubtracted && !hasDivided:
      if node.type == "Add" { values = values.map { -$0 } }
      signal.normalizer.mean = .init(values: values, axis: axis)
    case ("Div", false) where !hasDivided && values.allSatisfy { $0 > 0 && $0.isFinite }:
      signal.normalizer.deviation = .init(values: values, axis: axis)
    case ("Mul", _) where !hasDivided && values.allSatisfy(\.isPowerOfTwo):
      // Then 1 / value is exact, and the quotient is the product.
      signal.normalizer.deviation = .init(values: values.map { 1 / $0 }, axis: axis)
    default:
      throw node.refusal(
        "comes before the LSTM and isn't exactly Leat's normalizer, (x - mean) / std with std > 0; "
          + "export the model with the normalizer written so, or without it, and add "
          + "input_mean and input_std to the file")
    }
    signal.normalizer.sources.append(node.title)
    return .signal(signal)
  }
}

extension Float {
  fileprivate var isPowerOfTwo: Bool {
    isNormal && self > 0 && significand == 1 && exponent.magnitude < 100
  }
}
