// SPDX-License-Identifier: MIT

/// Transpose, Squeeze, Unsqueeze, Reshape and Flatten, which move axes and change no number.
extension GraphEvaluator {
  /// A signal with other axes. An initial state may change its axes in any way.
  private func changingAxes(
    _ node: Node, _ value: GraphValue, _ change: ([Axis]) throws -> [Axis]
  ) throws -> GraphValue {
    switch value {
    case .signal(var signal):
      signal.axes = try change(signal.axes)
      return .signal(signal)
    case .beginning(var signal, let count):
      signal.axes = try change(signal.axes)
      return .beginning(signal, count)
    case .inputPart:
      return value
    default:
      throw node.refusal(
        "changes the axes of \(value.title), expected the selection of one of them")
    }
  }

  func transpose(_ node: Node, _ value: GraphValue) throws -> GraphValue {
    try node.expect(attributes: "perm")
    func permutation(_ rank: Int) throws -> [Int] {
      let permutation = try node.ints("perm") ?? Array((0..<rank).reversed())
      guard permutation.sorted() == Array(0..<rank) else {
        throw node.refusal("found perm \(permutation), expected an order of \(rank) axes")
      }
      return permutation
    }
    if let constant = try value.rearranged({ .transpose($0, try permutation($0.count)) }) {
      return constant
    }
    return try changingAxes(node, value) { axes in
      try permutation(axes.count).map { axes[$0] }
    }
  }

  /// Squeeze or Unsqueeze. Before opset 13 the axes are an attribute.
  func squeeze(_ node: Node, _ value: GraphValue, axes: GraphValue?) throws -> GraphValue {
    try node.expect(attributes: "axes")
    let axes = try axes.map { try known($0, node, "axes") } ?? node.ints("axes")
    func changed<Each>(_ lengths: [Each], one: Each, isOne: (Each) -> Bool) throws -> [Each] {
      guard node.type == "Unsqueeze" else {
        let removed =
          try axes.map {
            Set(try $0.map { try node.axis($0, of: lengths.count) })
          } ?? Set(lengths.indices.filter { isOne(lengths[$0]) })
        guard removed.allSatisfy({ isOne(lengths[$0]) }) else {
          throw node.refusal("removes an axis of \(value.title), expected only axes of length 1")
        }
        return lengths.indices.filter { !removed.contains($0) }.map { lengths[$0] }
      }
      guard let axes else { throw node.refusal("axes are missing") }
      let rank = lengths.count + axes.count
      let new = Set(try axes.map { try node.axis($0, of: rank) })
      guard new.count == axes.count, rank <= 16 else {
        throw node.refusal("found axes \(axes), expected each once, for at most 16 axes")
      }
      var rest = lengths[...]
      return (0..<rank).map { new.contains($0) ? one : rest.removeFirst() }
    }
    let constant = try value.rearranged {
      .reshape(to: try changed($0, one: 1) { $0 == 1 })
    }
    return try constant
      ?? changingAxes(node, value) { try changed($0, one: []) { $0.isEmpty } }
  }

  func reshape(_ node: Node, _ value: GraphValue, to target: GraphValue) throws -> GraphValue {
    try node.expect(attributes: "allowzero")
    let lengths = try lengths(target, node, "the shape")
    let zeroIsCopied = try node.int("allowzero") ?? 0 == 0
    let constant = try value.rearranged {
      .reshape(to: try shape(node, $0, lengths, zeroIsCopied))
    }
    return try constant
      ?? changingAxes(node, value) { axes in
        guard let groups = regrouped(axes, lengths, zeroIsCopied) else {
          throw node.refusal(
            "makes [\(lengths.map(\.title).joined(separator: ", "))] of \(value.title): that isn't "
              + "known to keep steps and features apart")
        }
        return groups
      }
  }

  /// The new shape of a constant.
  private func shape(
    _ node: Node, _ old: [Int], _ lengths: [Length], _ zeroIsCopied: Bool
  ) throws -> [Int] {
    var result: [Int] = []
    var open: Int?
    for (index, length) in lengths.enumerated() {
      switch length {
      case .known(0) where zeroIsCopied && index < old.count: result.append(old[index])
      case .known(-1) where open == nil:
        open = index
        result.append(1)
      case .known(let size) where size >= 0: result.append(size)
      default: throw node.refusal("a constant's shape isn't known before the model is run")
      }
    }
    let count = old.reduce(1, *)
    try checkSize(result, node)
    let product = result.reduce(1, *)
    if let open, product > 0 { result[open] = count / product }
    guard result.reduce(1, *) == count else {
      throw node.refusal("found shape \(result), expected as many elements as \(old) has")
    }
    return result
  }

  /// The factors of the axes in groups of these lengths; nil when that isn't certain.
  private func regrouped(_ axes: [Axis], _ lengths: [Length], _ zeroIsCopied: Bool) -> [Axis]? {
    var rest = axes.flatMap { $0 }[...]
    // A 0 copies the axis at its index.
    let lengths = lengths.enumerated().map { index, length in
      length == .known(0) && zeroIsCopied && index < axes.count ? .axis(axes[index]) : length
    }
    let open = lengths.firstIndex(of: .known(-1))
    var front: [Axis] = []
    for length in lengths[..<(open ?? lengths.count)] {
      guard let axis = group(of: length, from: rest) else { return nil }
      rest = rest.dropFirst(axis.count)
      front.append(axis)
    }
    guard let open else { return rest.isEmpty ? front : nil }
    var back: [Axis] = []
    for length in lengths[(open + 1)...].reversed() {
      guard let axis = group(of: length, from: rest, atEnd: true) else { return nil }
      rest = rest.dropLast(axis.count)
      back.append(axis)
    }
    return front + [Array(rest)] + back.reversed()
  }

  /// The first or the last factors, as many as make up a length.
  private func group(
    of length: Length, from rest: ArraySlice<Factor>, atEnd: Bool = false
  ) -> Axis? {
    switch length {
    case .axis(let axis):
      let found = atEnd ? rest.suffix(axis.count) : rest.prefix(axis.count)
      return Array(found) == axis ? axis : nil
    case .known(let size):
      guard size > 0 else { return nil }
      var axis: Axis = []
      var (product, rest) = (1, rest)
      while product < size {
        guard let factor = atEnd ? rest.popLast() : rest.popFirst(), let length = factor.size else {
          return nil
        }
        axis.insert(factor, at: atEnd ? 0 : axis.count)
        product = product.multipliedReportingOverflow(by: length).partialValue
        guard product > 0 else { return nil }
      }
      return product == size ? axis : nil
    case .unknown:
      return nil
    }
  }

  func flatten(_ node: Node, _ value: GraphValue) throws -> GraphValue {
    try node.expect(attributes: "axis")
    guard case .signal(var signal) = value else {
      throw node.refusal("flattens \(value.title), expected the output of a layer")
    }
    let axis = try node.int("axis") ?? 1
    let rank = signal.axes.count
    guard axis >= -rank, axis <= rank else {
      throw node.refusal("found axis \(axis), expected \(-rank) to \(rank)")
    }
    let split = axis < 0 ? axis + rank : axis
    signal.axes = [
      signal.axes[..<split].flatMap { $0 }, signal.axes[split...].flatMap { $0 },
    ]
    return .signal(signal)
  }
}
