// SPDX-License-Identifier: MIT

/// A function of one element x, as exporters write an activation that ONNX has no operator for.
///
/// Sums and products have their numbers first and the rest in a fixed order, so that formulas that
/// are written in another order are equal.
indirect enum Formula: Sendable {
  case x
  case number(Double)
  case sum([Formula])
  case product([Formula])
  case call(String, [Formula])

  /// The longest formula that is known here has fewer parts.
  static let mostParts = 40

  static func + (a: Formula, b: Formula) -> Formula {
    combined(a, b, { if case .sum(let parts) = $0 { parts } else { nil } }, 0, +, Formula.sum)
  }

  static func * (a: Formula, b: Formula) -> Formula {
    combined(
      a, b, { if case .product(let parts) = $0 { parts } else { nil } }, 1, *, Formula.product)
  }

  /// 1 / a
  var inverse: Formula {
    if case .number(let value) = self { return .number(1 / value) }
    return .call("1/", [self])
  }

  private static func combined(
    _ a: Formula, _ b: Formula, _ parts: (Formula) -> [Formula]?, _ neutral: Double,
    _ combine: (Double, Double) -> Double, _ make: ([Formula]) -> Formula
  ) -> Formula {
    var number = neutral
    var others: [Formula] = []
    for part in [a, b].flatMap({ parts($0) ?? [$0] }) {
      if case .number(let value) = part {
        number = combine(number, value)
      } else {
        others.append(part)
      }
    }
    others.sort { $0.order < $1.order }
    if number != neutral || others.isEmpty { others.insert(.number(number), at: 0) }
    return others.count == 1 ? others[0] : make(others)
  }

  /// The formula without its numbers, which may be rounded.
  private var order: String { text { _ in "#" } }

  var title: String { text { "\(Float($0))" } }

  private func text(_ number: (Double) -> String) -> String {
    switch self {
    case .x: "x"
    case .number(let value): number(value)
    case .sum(let parts): "(\(parts.map { $0.text(number) }.joined(separator: " + ")))"
    case .product(let parts): parts.map { $0.text(number) }.joined(separator: " ")
    case .call(let name, let arguments):
      "\(name)(\(arguments.map { $0.text(number) }.joined(separator: ", ")))"
    }
  }

  /// The number of parts, to refuse what grows without end.
  var count: Int {
    switch self {
    case .x, .number: 1
    case .sum(let parts), .product(let parts), .call(_, let parts):
      parts.reduce(1) { $0 + $1.count }
    }
  }

  /// Whether they are the same, up to the rounding of numbers to floats.
  func matches(_ other: Formula) -> Bool {
    switch (self, other) {
    case (.x, .x): true
    case (.number(let a), .number(let b)): (a - b).magnitude <= 1e-6 * b.magnitude
    case (.sum(let a), .sum(let b)), (.product(let a), .product(let b)):
      a.count == b.count && zip(a, b).allSatisfy { $0.matches($1) }
    case (.call(let name, let a), .call(let other, let b)):
      name == other && a.count == b.count && zip(a, b).allSatisfy { $0.matches($1) }
    default: false
    }
  }

  /// The activation that it is; nil if Leat has none.
  var activation: Activation? {
    Self.known.first { matches($0.formula) }?.activation ?? softplus
  }

  /// softplus(beta x) / beta, and x where beta x is above a threshold.
  private var softplus: Activation? {
    guard case .call("where", let parts) = self, parts.count == 3,
      case .call(">", let sides) = parts[0], case .number(let threshold)? = sides.last
    else { return nil }
    var beta = 1.0
    if case .product(let factors)? = sides.first, case .number(let number)? = factors.first {
      beta = number
    }
    let x = Formula.x
    let scaled = Formula.number(beta) * x
    let expected = Formula.call(
      "where",
      [
        .call(">", [scaled, .number(threshold)]), x,
        .number(1 / beta) * .call("softplus", [scaled]),
      ])
    guard matches(expected) else { return nil }
    return .softplus(beta: Float(beta), threshold: Float(threshold))
  }

  private static let known: [(formula: Formula, activation: Activation)] = {
    let (half, one, cubed) = (Formula.number(0.5), Formula.number(1), x * x * x)
    let (root, cubic) = (Formula.number(0.7978845608028654), Formula.number(0.044715))
    return [
      (x * .call("sigmoid", [x]), .silu),
      (half * x * (one + .call("erf", [.number(0.7071067811865476) * x])), .gelu),
      (half * x * (one + .call("tanh", [root * (x + cubic * cubed)])), .geluTanh),
      (half * x * (one + .call("tanh", [root * x * (one + cubic * x * x)])), .geluTanh),
      (x * .call("hard_sigmoid", [x]), .hardswish),
      (x * .call("relu6", [.number(3) + x]) * .number(1 / 6.0), .hardswish),
      (x * (one + .call("abs", [x])).inverse, .softsign),
    ]
  }()
}
