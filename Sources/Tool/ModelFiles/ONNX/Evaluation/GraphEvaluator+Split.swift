// SPDX-License-Identifier: MIT

/// Split, which takes states or parts of an input apart.
extension GraphEvaluator {
  func split(_ node: Node, _ value: GraphValue) throws -> [GraphValue] {
    try node.expect(attributes: "axis", "num_outputs", "split")
    let count = node.proto.output.count
    switch value {
    case .inputPart:
      return [GraphValue](repeating: value, count: count)
    case .signal(let signal) where signal.links.isEmpty:
      return [GraphValue](repeating: .inputPart(signal.input), count: count)
    case .states(let states)
    where states.count == count && node.proto.input.count == 1 && !node.has("split"):
      guard try node.axis(try node.int("axis") ?? 0, of: 3) == 0 else {
        throw node.refusal("splits the batch or the features of the states")
      }
      return states.map { .signal($0) }
    default:
      throw node.refusal("splits \(value.title), expected a state")
    }
  }
}
