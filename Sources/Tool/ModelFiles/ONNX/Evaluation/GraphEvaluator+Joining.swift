// SPDX-License-Identifier: MIT

/// Concat, which joins states or constants.
extension GraphEvaluator {
  func concat(_ node: Node, _ inputs: [GraphValue?]) throws -> GraphValue {
    try node.expect(attributes: "axis")
    let values = inputs.compactMap { $0 }
    guard !values.isEmpty, values.count == inputs.count, let axis = try node.int("axis") else {
      throw node.refusal("an axis or an input is missing")
    }
    func joined<Each>(_ parts: [ConstantTensor<Each>]) throws -> ConstantTensor<Each> {
      let rank = parts[0].shape.count
      let axis = try node.axis(axis, of: rank)
      for part in parts {
        guard part.shape.count == rank,
          (0..<rank).allSatisfy({ $0 == axis || part.shape[$0] == parts[0].shape[$0] })
        else { throw node.refusal("joins \(parts.map(\.shape)), which don't match") }
      }
      var shape = parts[0].shape
      shape[axis] = parts.reduce(0) { $0 + $1.shape[axis] }
      try checkSize(shape, node)
      return .concatenated(parts, axis: axis)
    }
    let floats = values.compactMap { if case .floats(let tensor) = $0 { tensor } else { nil } }
    if floats.count == values.count { return .floats(try joined(floats)) }
    let integers = values.compactMap { if case .integers(let tensor) = $0 { tensor } else { nil } }
    if integers.count == values.count { return .integers(try joined(integers)) }
    var states: [Signal] = []
    for value in values {
      switch value {
      case .signal(let signal)
      where signal.isState && signal.axes.count == 3 && signal.axes[0].isEmpty
        && (axis == 0 || axis == -3):
        states.append(signal)
      case .states(let more) where axis == 0 || axis == -3:
        states += more
        guard states.count <= 4096 else {
          throw node.refusal(
            "joins more than 4,096 states, expected the states of recurrent layers")
        }
      default:
        if values.count == 1 { return value }
        throw node.refusal(
          "joins \(values.map(\.title).joined(separator: " and ")); Leat's layers form a chain, "
            + "each after the one before it")
      }
    }
    return .states(states)
  }
}
