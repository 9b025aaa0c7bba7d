// SPDX-License-Identifier: MIT

/// Gather and Slice, which select a part: the last step, the first features, the state of one layer,
/// an element of a shape.
extension GraphEvaluator {
  /// A part of an axis.
  private enum Extent: Equatable {
    case all, last, other
    /// This many from the start.
    case first(Int)
  }

  mutating func gather(
    _ node: Node, _ value: GraphValue, _ indices: GraphValue
  ) throws -> GraphValue {
    try node.expect(attributes: "axis")
    guard case .integers(let tensor) = indices, tensor.shape.count <= 1 else {
      throw node.refusal("indices are \(indices.title), expected one, or a list")
    }
    let isScalar = tensor.shape.isEmpty
    let numbers = try known(indices, node, "an index")
    let axis = try node.int("axis") ?? 0
    func places(_ size: Int) throws -> [Int] {
      try numbers.map {
        guard $0 >= -size, $0 < size else {
          throw node.refusal("found index \($0), expected \(-size) to \(size - 1)")
        }
        return $0 < 0 ? $0 + size : $0
      }
    }
    let constant = try value.rearranged { shape in
      let axis = try node.axis(axis, of: shape.count)
      return try selection(node, shape, try places(shape[axis]), axis: axis, keepsAxis: !isScalar)
    }
    if let constant { return constant }
    switch value {
    case .states(let states):
      guard try node.axis(axis, of: 3) == 0 else {
        throw node.refusal("selects from the batch or the features of the states")
      }
      return try selectedStates(node, states, try places(states.count), isScalar: isScalar)
    default:
      return try part(node, value, axis, keepsAxis: !isScalar) { length in
        guard numbers.count == 1 else { return .other }
        let isLast = numbers[0] == -1 || numbers[0] == length.size.map { $0 - 1 }
        return isLast ? .last : numbers[0] == 0 ? .first(1) : .other
      }
    }
  }

  /// Elements of a constant along an axis.
  private func selection(
    _ node: Node, _ shape: [Int], _ indices: [Int], axis: Int, keepsAxis: Bool = true
  ) throws -> Rearrangement {
    let result = Rearrangement.select(shape, indices, axis: axis, keepsAxis: keepsAxis)
    try checkSize(result.shape, node)
    return result
  }

  private func selectedStates(
    _ node: Node, _ states: [Signal], _ places: [Int], isScalar: Bool
  ) throws -> GraphValue {
    let selected = places.map { states[$0] }
    guard selected.count == 1, var one = selected.first else {
      guard !selected.isEmpty else { throw node.refusal("selects nothing") }
      return .states(selected)
    }
    if isScalar { one.axes.removeFirst() }
    return .signal(one)
  }

  private mutating func part(
    _ node: Node, _ value: GraphValue, _ axis: Int, keepsAxis: Bool, _ extent: (Axis) -> Extent
  ) throws -> GraphValue {
    switch value {
    case .signal(let signal):
      let axis = try node.axis(axis, of: signal.axes.count)
      return try part(node, signal, axis, extent(signal.axes[axis]), keepsAxis: keepsAxis)
    case .beginning(let signal, let count):
      let result = try part(node, .signal(signal), axis, keepsAxis: keepsAxis, extent)
      if case .signal(let rest) = result { return .beginning(rest, count) }
      return result
    case .inputPart: return value
    default: throw node.refusal("selects from \(value.title), expected the output of a layer")
    }
  }

  private mutating func part(
    _ node: Node, _ signal: Signal, _ axis: Int, _ extent: Extent, keepsAxis: Bool
  ) throws -> GraphValue {
    var signal = signal
    let length = signal.axes[axis]
    if extent == .all || (length.isEmpty && extent == .last) {
      if !keepsAxis { signal.axes.remove(at: axis) }
      return .signal(signal)
    }
    // What isn't understood may be a state, of which each layer takes a part.
    let refusal = { (_ signal: Signal) throws -> GraphValue in
      guard !signal.links.isEmpty else { return .inputPart(signal.input) }
      throw node.refusal(
        "selects a part of axis \(axis) of \(signal.title), expected all of it, or the last step "
          + "of the time axis")
    }
    let isFeature =
      signal.meaning == .none ? axis == signal.axes.count - 1 : length == signal.feature
    switch extent {
    case .first(let count) where isFeature && length.size.map { $0 > count } ?? true:
      signal.feature = newAxis(count, "\(count)")
      if signal.meaning == .none { (signal.inputFeature, signal.meaning) = (length, .feature) }
      if keepsAxis { signal.axes[axis] = signal.feature } else { signal.axes.remove(at: axis) }
      return .beginning(signal, count)
    case .last:
      guard signal.kind == .output, signal.lastOf == nil, !isFeature,
        signal.meaning != .all || length == signal.time
      else { return try refusal(signal) }
      (signal.lastOf, signal.time) = (length, [])
      if keepsAxis { signal.axes[axis] = [] } else { signal.axes.remove(at: axis) }
      return .signal(signal)
    default: return try refusal(signal)
    }
  }

  /// Before opset 10 the bounds are attributes.
  mutating func slice(_ node: Node, _ inputs: [GraphValue?]) throws -> GraphValue {
    try node.expect(attributes: "starts", "ends", "axes")
    guard let first = inputs.first, let value = first, inputs.count <= 5 else {
      throw node.refusal("found \(inputs.count) inputs, expected 1 to 5")
    }
    func argument(_ index: Int, _ name: String) throws -> [Length]? {
      if let value = index < inputs.count ? inputs[index] : nil {
        return try lengths(value, node, name)
      }
      return try node.ints(name)?.map { .known($0) }
    }
    guard let starts = try argument(1, "starts"), let ends = try argument(2, "ends"),
      starts.count == ends.count
    else { throw node.refusal("starts and ends are missing, or don't have the same length") }
    let axes = try argument(3, "axes") ?? starts.indices.map { .known($0) }
    let steps =
      (inputs.count > 4 ? try argument(4, "steps") : nil) ?? starts.map { _ in .known(1) }
    guard axes.count == starts.count, steps.count == starts.count else {
      throw node.refusal("axes, steps and starts don't have the same length")
    }
    var result = value
    for index in starts.indices {
      guard case .known(let axis) = axes[index], case .known(let step) = steps[index], step != 0
      else { throw node.refusal("axes or steps aren't known before the model is run") }
      result = try sliced(node, result, axis: axis, starts[index], ends[index], step)
    }
    return result
  }

  private mutating func sliced(
    _ node: Node, _ value: GraphValue, axis: Int, _ start: Length, _ end: Length, _ step: Int
  ) throws -> GraphValue {
    let constant = try value.rearranged { shape in
      let axis = try node.axis(axis, of: shape.count)
      guard shape[axis] <= 1 << 24, let places = places(start, end, step, of: shape[axis]) else {
        throw node.refusal("a part of a constant isn't known before the model is run")
      }
      return try selection(node, shape, Array(places), axis: axis)
    }
    if let constant { return constant }
    switch value {
    case .states(let states):
      guard try node.axis(axis, of: 3) == 0,
        let places = places(start, end, step, of: states.count)
      else { throw node.refusal("selects from the batch or the features of the states") }
      return try selectedStates(node, states, Array(places), isScalar: false)
    default:
      return try part(node, value, axis, keepsAxis: true) {
        Self.extent(start, end, step, of: $0)
      }
    }
  }

  /// The indices of a slice, with Python's rules.
  private func places(_ start: Length, _ end: Length, _ step: Int, of size: Int)
    -> StrideTo<Int>?
  {
    guard case .known(let start) = start, case .known(let end) = end else { return nil }
    func bounded(_ index: Int) -> Int {
      // Larger bounds mean the same, and would overflow.
      let index = max(min(index, 1 << 32), -(1 << 32))
      let place = index < 0 ? index + size : index
      return step > 0 ? min(max(place, 0), size) : min(max(place, -1), size - 1)
    }
    return stride(from: bounded(start), to: bounded(end), by: max(min(step, 1 << 32), -(1 << 32)))
  }

  private static func extent(
    _ start: Length, _ end: Length, _ step: Int, of axis: Axis
  ) -> Extent {
    let reachesEnd: Bool
    switch end {
    case .known(let end): reachesEnd = end >= Int(Int32.max) || axis.size.map { end >= $0 } ?? false
    case .axis(let other): reachesEnd = other == axis
    case .unknown: reachesEnd = false
    }
    guard step == 1, case .known(let start) = start else { return .other }
    guard reachesEnd else {
      guard start == 0, case .known(let end) = end, end > 0 else { return .other }
      return .first(end)
    }
    if start == 0 || axis.size.map({ start <= -$0 }) ?? false { return .all }
    return start == -1 || start == axis.size.map { $0 - 1 } ? .last : .other
  }
}
