// SPDX-License-Identifier: MIT

/// Add, Sub, Mul and Div: of constants, of a signal and constants, or of two signals.
extension GraphEvaluator {
  mutating func arithmetic(_ node: Node, _ a: GraphValue, _ b: GraphValue) throws -> GraphValue {
    // Before opset 7 there were attributes; they are refused.
    try node.expect()
    switch (a, b) {
    case (.signal(let signal), .floats(let constant)):
      return .signal(try scaled(node, signal, operation(node, constantIsFirst: false), constant))
    case (.floats(let constant), .signal(let signal)):
      return .signal(try scaled(node, signal, operation(node, constantIsFirst: true), constant))
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
      if let result = try formula(node, a, b) { return result }
      guard node.type == "Add" else { throw notAChain(node, [a, b]) }
      return try sum(node, a, b)
    }
  }

  func notAChain(_ node: Node, _ values: [GraphValue]) -> ModelFileError {
    node.refusal(
      "combines \(values.map(\.title).joined(separator: " and ")); Leat's layers form a chain, "
        + "each after the one before it, and a sum adds a value that the chain has passed")
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

  // MARK: - A signal and constants

  private func operation(
    _ node: Node, constantIsFirst: Bool
  ) throws -> ElementwiseScale.Operation {
    switch (node.type, constantIsFirst) {
    case ("Add", _): return .add
    case ("Mul", _): return .multiply
    case ("Sub", false): return .subtract
    case ("Sub", true): return .subtractFrom
    case ("Div", false): return .divide
    default:
      throw node.refusal("divides a constant by a layer's output; Leat has nothing like it")
    }
  }

  /// Arithmetic of a signal and constants: the bias of a linear layer, or a part of a scale.
  mutating func scaled(
    _ node: Node, _ signal: Signal, _ operation: ElementwiseScale.Operation,
    _ constant: ConstantTensor<Float>
  ) throws -> Signal {
    guard signal.kind != .cell else {
      throw node.refusal("uses the cell state c_n, expected h: Leat's layers take h only")
    }
    let constants = try constants(node, signal, constant)
    // One number without an axis is no bias, and may belong to a formula.
    if case .layer(.linear(var layer))? = signal.links.last?.stage, layer.bias == nil,
      operation == .add || operation == .subtract, !constant.shape.isEmpty
    {
      let values = constants.values.map { operation == .add ? $0 : -$0 }
      layer.bias =
        values.count == 1 ? [Float](repeating: values[0], count: layer.outputSize) : values
      if layer.source != node.title { layer.source += ", \(node.title)" }
      return try appending(.layer(.linear(layer)), to: signal.withoutLast, node)
    }
    if case .scale(let scale)? = signal.links.last?.stage,
      let next = scale.with(operation, constants, source: node.title)
    {
      return try appending(.scale(next), to: signal.withoutLast, node)
    }
    // A first operation can always be expressed.
    let empty = ElementwiseScale(of: signal.meaning == .none ? nil : signal.feature)
    guard let scale = empty.with(operation, constants, source: node.title) else {
      throw notAChain(node, [.signal(signal), .floats(constant)])
    }
    return try appending(.scale(scale), to: signal, node)
  }

  /// Of the input itself, the axis of the numbers may be any: the first layer says which it must be.
  private func constants(
    _ node: Node, _ signal: Signal, _ constant: ConstantTensor<Float>
  ) throws -> ElementwiseScale.Constants {
    guard constant.elements.allSatisfy(\.isFinite), !constant.elements.isEmpty else {
      throw node.refusal("found a constant that isn't finite")
    }
    guard constant.shape.count <= signal.axes.count, !constant.hasUnknownLengths else {
      throw node.refusal(
        "found a constant of shape \(constant.shape) for \(signal.title), expected one that "
          + "changes no axis")
    }
    if signal.meaning != .none {
      guard constant.elements.count == 1 || signal.axes.last == signal.feature else {
        throw node.refusal(
          "found a constant of shape \(constant.shape) for \(signal.title), expected the features "
            + "as the last axis")
      }
      let values = try features(node, signal, constant)
      return .init(values: values, axis: values.count == 1 ? nil : signal.feature)
    }
    guard constant.elements.count != 1 else { return .init(values: constant.elements) }
    let found = "found a constant of shape \(constant.shape) for the input, \(signal.title), "
    guard let index = constant.shape.firstIndex(where: { $0 != 1 }),
      constant.shape[index] == constant.elements.count
    else { throw node.refusal(found + "expected one number for each input") }
    let axis = signal.axes[signal.axes.count - constant.shape.count + index]
    guard !axis.isEmpty, axis.size == nil || axis.size == constant.elements.count else {
      throw node.refusal(found + "expected the same length")
    }
    return .init(values: constant.elements, axis: axis)
  }
}

extension Signal {
  fileprivate var withoutLast: Signal { prefix(links.count - 1) }
}
