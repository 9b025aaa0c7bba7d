// SPDX-License-Identifier: MIT

/// Activations that exporters write as formulas: x * Sigmoid(x), and Gelu with Erf or Tanh.
extension GraphEvaluator {
  /// A signal and a formula of its elements.
  private struct Part {
    var signal: Signal
    var formula: Formula
  }

  /// Arithmetic of two values that come from the same value element by element; nil if they don't.
  mutating func formula(_ node: Node, _ a: GraphValue, _ b: GraphValue) throws -> GraphValue? {
    switch (a, b) {
    case (.formula(let signal, let formula), .floats(let constant)):
      return try number(constant).flatMap { try combined(node, signal, formula, .number($0)) }
    case (.floats(let constant), .formula(let signal, let formula)):
      return try number(constant).flatMap { try combined(node, signal, .number($0), formula) }
    // A residual connection: Leat has sums.
    case (.signal, .signal) where node.type == "Add": return nil
    default:
      guard let (a, b) = commonBase(a, b) else { return nil }
      return try combined(node, a.signal, a.formula, b.formula)
    }
  }

  /// Erf, Abs and Pow, or an activation of a formula.
  mutating func call(
    _ node: Node, _ name: String, _ value: GraphValue
  ) throws -> GraphValue {
    guard let part = part(value, base: nil) else {
      throw node.refusal("applied to \(value.title), expected the output of a layer")
    }
    return try recognized(node, part.signal, .call(name, [part.formula]))
  }

  /// Greater, as exporters write the threshold of a softplus.
  mutating func greater(_ node: Node, _ a: GraphValue, _ b: GraphValue) throws -> GraphValue {
    try node.expect()
    guard case .floats(let tensor) = b, let number = number(tensor), let part = part(a, base: nil)
    else {
      throw node.refusal(
        "compares \(a.title) with \(b.title), expected a number in the formula of an activation")
    }
    return try recognized(node, part.signal, .call(">", [part.formula, .number(number)]))
  }

  /// Where, if its condition is a formula.
  mutating func choice(
    _ node: Node, _ condition: GraphValue, _ a: GraphValue, _ b: GraphValue
  ) throws -> GraphValue {
    try node.expect()
    guard let (first, second) = commonBase(condition, a), let (_, third) = commonBase(condition, b)
    else { throw notAChain(node, [condition, a, b]) }
    return try recognized(
      node, first.signal, .call("where", [first.formula, second.formula, third.formula]))
  }

  mutating func power(
    _ node: Node, _ value: GraphValue, _ exponent: GraphValue
  ) throws -> GraphValue {
    try node.expect()
    guard case .floats(let tensor) = exponent, let number = number(tensor),
      number == 2 || number == 3, let part = part(value, base: nil)
    else {
      throw node.refusal(
        "raises \(value.title) to the power of \(exponent.title), expected 2 or 3 in the formula of "
          + "an activation")
    }
    let square = part.formula * part.formula
    return try recognized(node, part.signal, number == 2 ? square : square * part.formula)
  }

  private func number(_ constant: ConstantTensor<Float>) -> Double? {
    constant.elements.count == 1 ? Double(constant.elements[0]) : nil
  }

  private mutating func combined(
    _ node: Node, _ signal: Signal, _ a: Formula, _ b: Formula
  ) throws -> GraphValue? {
    switch node.type {
    case "Add": return try recognized(node, signal, a + b)
    case "Sub": return try recognized(node, signal, a + .number(-1) * b)
    case "Mul": return try recognized(node, signal, a * b)
    default: return try recognized(node, signal, a * b.inverse)
    }
  }

  private mutating func recognized(
    _ node: Node, _ signal: Signal, _ formula: Formula
  ) throws -> GraphValue {
    guard formula.count <= Formula.mostParts else {
      throw node.refusal("is part of a long formula; Leat has nothing like it")
    }
    guard let activation = formula.activation else { return .formula(signal, formula) }
    return .signal(try activated(node, .signal(signal), activation))
  }

  // MARK: - What is a formula of what

  /// Both as formulas of the last value that they have in common.
  private func commonBase(_ a: GraphValue, _ b: GraphValue) -> (a: Part, b: Part)? {
    let base: Int
    switch (a, b) {
    case (.signal(let a), .signal(let b)):
      guard a.axes == b.axes, a.lastOf == b.lastOf, a.kind == b.kind, a.input == b.input else {
        return nil
      }
      base = zip(a.links, b.links).prefix { $0.identity == $1.identity }.count
    case (.formula(let signal, _), _), (_, .formula(let signal, _)): base = signal.links.count
    default: return nil
    }
    guard let first = part(a, base: base), let second = part(b, base: base),
      first.signal.axes == second.signal.axes, first.signal.lastOf == second.signal.lastOf,
      first.signal.hasPassed(second.signal), second.signal.hasPassed(first.signal)
    else { return nil }
    return (first, second)
  }

  /// A value as a formula of the value after so many links; nil for the links before the scales at
  /// its end.
  private func part(_ value: GraphValue, base: Int?) -> Part? {
    switch value {
    case .formula(let signal, let formula):
      return base ?? signal.links.count == signal.links.count
        ? Part(signal: signal, formula: formula) : nil
    case .signal(let signal):
      let scales = signal.links.reversed().prefix {
        if case .scale(let scale) = $0.stage { scale.uniform != nil } else { false }
      }
      let base = base ?? signal.links.count - scales.count
      guard base <= signal.links.count else { return nil }
      var formula = Formula.x
      for link in signal.links[base...] {
        switch link.stage {
        case .layer(.activation(let layer)): formula = .call(layer.activation.text, [formula])
        case .scale(let scale):
          guard let scale = scale.uniform else { return nil }
          if scale.mean != 0 { formula = formula + .number(-Double(scale.mean)) }
          formula = formula * .number(Double(scale.factor) / Double(scale.divisor))
          if scale.shift != 0 { formula = formula + .number(Double(scale.shift)) }
        default: return nil
        }
      }
      return Part(signal: signal.prefix(base), formula: formula)
    default: return nil
    }
  }
}
