// SPDX-License-Identifier: MIT

/// What moves axes and leaves every number as it is.
extension Walk {
  func transpose(_ node: Node, _ value: Value) throws -> Value {
    try node.expect(attributes: "perm")
    func permutation(_ rank: Int) throws -> [Int] {
      let permutation = try node.ints("perm") ?? Array((0..<rank).reversed())
      guard permutation.sorted() == Array(0..<rank) else {
        throw node.refusal("perm \(permutation) of \(rank) axes")
      }
      return permutation
    }
    switch value {
    case .floats(let dense):
      return .floats(dense.transposed(try permutation(dense.shape.count)))
    case .integers(let dense):
      return .integers(dense.transposed(try permutation(dense.shape.count)))
    case .signal(var signal):
      signal.axes = try permutation(signal.axes.count).map { signal.axes[$0] }
      return .signal(signal)
    case .part:
      return value
    case .states, .refused:
      throw node.refusal("moves the axes of \(value.title), expected only to pick one of them")
    }
  }

  /// Squeeze and Unsqueeze; the axes are an attribute before opset 13.
  func squeeze(_ node: Node, _ value: Value, axes: Value?) throws -> Value {
    try node.expect(attributes: "axes")
    let axes = try axes.map { try known($0, node, "axes") } ?? node.ints("axes")
    func changed<Each>(_ lengths: [Each], one: Each, isOne: (Each) -> Bool) throws -> [Each] {
      guard node.type == "Unsqueeze" else {
        let gone =
          try axes.map {
            Set(try $0.map { try node.axis($0, of: lengths.count) })
          } ?? Set(lengths.indices.filter { isOne(lengths[$0]) })
        guard gone.allSatisfy({ isOne(lengths[$0]) }) else {
          throw node.refusal("takes an axis away from \(value.title) that isn't of length 1")
        }
        return lengths.indices.filter { !gone.contains($0) }.map { lengths[$0] }
      }
      guard let axes else { throw node.refusal("axes are missing") }
      let rank = lengths.count + axes.count
      let new = Set(try axes.map { try node.axis($0, of: rank) })
      guard new.count == axes.count, rank <= 16 else { throw node.refusal("axes \(axes)") }
      var rest = lengths[...]
      return (0..<rank).map { new.contains($0) ? one : rest.removeFirst() }
    }
    switch value {
    case .floats(let dense):
      return .floats(dense.reshaped(try changed(dense.shape, one: 1) { $0 == 1 }))
    case .integers(let dense):
      return .integers(dense.reshaped(try changed(dense.shape, one: 1) { $0 == 1 }))
    case .signal(var signal):
      signal.axes = try changed(signal.axes, one: []) { $0.isEmpty }
      return .signal(signal)
    case .part:
      return value
    case .states, .refused:
      throw node.refusal("changes the axes of \(value.title), expected only to pick one of them")
    }
  }

  func reshape(_ node: Node, _ value: Value, to target: Value) throws -> Value {
    try node.expect(attributes: "allowzero")
    let lengths = try lengths(target, node, "the shape")
    let zeroIsCopied = try node.int("allowzero") ?? 0 == 0
    switch value {
    case .floats(let dense):
      return .floats(dense.reshaped(try shape(node, dense.shape, lengths, zeroIsCopied)))
    case .integers(let dense):
      return .integers(dense.reshaped(try shape(node, dense.shape, lengths, zeroIsCopied)))
    case .signal(var signal):
      guard let axes = regrouped(signal.axes, lengths, zeroIsCopied) else {
        throw node.refusal(
          "makes [\(lengths.map(\.title).joined(separator: ", "))] of \(signal.title): that isn't "
            + "known to keep steps and features apart")
      }
      signal.axes = axes
      return .signal(signal)
    case .part:
      return value
    case .states, .refused:
      throw node.refusal("reshapes \(value.title), expected only to pick one of them")
    }
  }

  /// Of a constant.
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
      default: throw node.refusal("a shape of a constant that isn't known before the model is run")
      }
    }
    let count = old.reduce(1, *)
    try check(count: result, node)
    let product = result.reduce(1, *)
    if let open, product > 0 { result[open] = count / product }
    guard result.reduce(1, *) == count else {
      throw node.refusal("makes \(result) of \(old)")
    }
    return result
  }

  /// The factors of the axes in groups of those lengths; nil when that isn't certain.
  private func regrouped(_ axes: [Axis], _ lengths: [Length], _ zeroIsCopied: Bool) -> [Axis]? {
    var rest = axes.flatMap { $0 }[...]
    // A 0 stands for the axis in its place.
    let lengths = lengths.enumerated().map { index, length in
      length == .known(0) && zeroIsCopied && index < axes.count ? .axis(axes[index]) : length
    }
    let open = lengths.firstIndex(of: .known(-1))
    var front: [Axis] = []
    for length in lengths[..<(open ?? lengths.count)] {
      guard let axis = taken(length, from: rest) else { return nil }
      rest = rest.dropFirst(axis.count)
      front.append(axis)
    }
    guard let open else { return rest.isEmpty ? front : nil }
    var back: [Axis] = []
    for length in lengths[(open + 1)...].reversed() {
      guard let axis = taken(length, from: rest, atEnd: true) else { return nil }
      rest = rest.dropLast(axis.count)
      back.append(axis)
    }
    return front + [Array(rest)] + back.reversed()
  }

  /// The factors at an end that make up a length.
  private func taken(_ length: Length, from rest: ArraySlice<Factor>, atEnd: Bool = false) -> Axis?
  {
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

  func flatten(_ node: Node, _ value: Value) throws -> Value {
    try node.expect(attributes: "axis")
    guard case .signal(var signal) = value else {
      throw node.refusal("flattens \(value.title), expected what a layer puts out")
    }
    let axis = try node.int("axis") ?? 1
    let rank = signal.axes.count
    guard axis >= -rank, axis <= rank else { throw node.refusal("axis \(axis) of \(rank)") }
    let split = axis < 0 ? axis + rank : axis
    signal.axes = [
      signal.axes[..<split].flatMap { $0 }, signal.axes[split...].flatMap { $0 },
    ]
    return .signal(signal)
  }
}
