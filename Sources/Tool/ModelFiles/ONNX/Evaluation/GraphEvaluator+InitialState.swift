// SPDX-License-Identifier: MIT

/// The initial states that recurrent layers take.
extension GraphEvaluator {
  private enum Initial {
    case constant([Float])
    case outside(String)
  }

  mutating func initialState(
    _ node: Node, _ h: GraphValue?, _ c: GraphValue?, of layer: RecurrentLayer, _ signal: Signal
  ) throws -> (h: [Float], c: [Float]?)? {
    let size = layer.hiddenSize
    let zeros = [Float](repeating: 0, count: size)
    let h = try initial(node, h, "initial_h", size, signal) ?? .constant(zeros)
    let c = try initial(node, c, "initial_c", size, signal) ?? .constant(zeros)
    switch (h, c) {
    case (.constant(let h), .constant(let c)):
      guard h.contains(where: { $0 != 0 }) || c.contains(where: { $0 != 0 }) else { return nil }
      return (h, layer.recurrence == .lstm ? c : nil)
    case (.outside(let name), .constant(let values)), (.constant(let values), .outside(let name)):
      guard values.allSatisfy({ $0 == 0 }) else {
        throw node.refusal(
          "one of initial_h and initial_c is input '\(name)', the other a constant")
      }
      fallthrough
    case (.outside, .outside):
      for case .outside(let name) in [h, c] {
        note("input '\(name)' is a state: Leat's stream holds it, and begins with zeros")
      }
      return nil
    }
  }

  private func initial(
    _ node: Node, _ value: GraphValue?, _ what: String, _ size: Int, _ signal: Signal
  ) throws -> Initial? {
    switch value {
    case nil: return nil
    case .inputPart(let name)? where name != signal.input: return .outside(name)
    case .signal(let state)? where state.links.isEmpty && state.input != signal.input,
      .beginning(let state, _)? where state.links.isEmpty && state.input != signal.input:
      return .outside(state.input)
    case .floats(let tensor)? where tensor.shape.count == 3 && tensor.shape[2] == size && size > 0:
      let rows = stride(from: 0, to: tensor.elements.count, by: size).map {
        Array(tensor.elements[$0..<$0 + size])
      }
      guard let first = rows.first, rows.allSatisfy({ $0 == first }) else {
        throw node.refusal(
          "\(what) of shape \(tensor.shape) isn't the same for all of the batch, expected one "
            + "initial state for all streams")
      }
      return .constant(first)
    // Repeated along axes of unknown length, one of which is H.
    case .floats(let tensor)? where tensor.hasUnknownLengths && tensor.elements.count == 1:
      return .constant([Float](repeating: tensor.elements[0], count: size))
    case let other?:
      throw node.refusal(
        "\(what) is \(other.title), expected a constant of shape [1, batch, \(size)] or an input")
    }
  }
}
