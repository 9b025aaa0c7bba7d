// SPDX-License-Identifier: MIT

/// Add of a value and one that its chain has passed: a residual or skip connection.
extension GraphEvaluator {
  mutating func sum(_ node: Node, _ a: GraphValue, _ b: GraphValue) throws -> GraphValue {
    switch (a, b) {
    case (.signal(let a), .signal(let b)) where a.hasPassed(b):
      return .signal(try sum(node, a, b, first: nil))
    case (.signal(let a), .signal(let b)) where b.hasPassed(a):
      return .signal(try sum(node, b, a, first: nil))
    case (.signal(let signal), .beginning(let part, let count)),
      (.beginning(let part, let count), .signal(let signal)):
      guard signal.hasPassed(part) else { throw notAChain(node, [a, b]) }
      return .signal(try sum(node, signal, part, first: count))
    default: throw notAChain(node, [a, b])
    }
  }

  /// - Parameter first: only the first features of the addend, this many
  private mutating func sum(
    _ node: Node, _ value: Signal, _ addend: Signal, first: Int?
  ) throws -> Signal {
    let (signal, size) = try reading(node, .signal(value))
    var addend = addend
    if addend.meaning == .none {
      addend.feature = addend.axes.last ?? []
      addend.inputFeature = addend.feature
    }
    guard addend.kind != .cell, addend.lastOf == signal.lastOf,
      addend.inputFeature == signal.inputFeature, addend.axes.last == addend.feature,
      signal.axes.last == signal.feature, addend.axes.dropLast() == signal.axes.dropLast()
    else {
      throw node.refusal(
        "adds \(addend.title) to \(signal.title), expected the same steps of both, and the "
          + "features as the last axis")
    }
    guard (first ?? addend.feature.size ?? signal.inputSize) == size else {
      throw node.refusal(
        "adds \(addend.feature.title) features to \(size), expected as many")
    }
    let addition = Link.Addition(
      source: node.title, size: size, addend: addend.links.last?.identity, first: first)
    return try appending(.addition(addition), to: signal, node)
  }
}
