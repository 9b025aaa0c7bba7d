// SPDX-License-Identifier: MIT

/// Operators that make constants and shapes, and Dropout, which changes no value.
extension GraphEvaluator {
  mutating func constant(_ node: Node) throws -> GraphValue {
    try node.expect(
      attributes: "value", "value_float", "value_floats", "value_int", "value_ints")
    guard node.proto.attribute.count == 1 else {
      throw node.refusal("found \(node.proto.attribute.count) attributes, expected one value")
    }
    if let tensor = try node.tensor("value") { return try read(tensor) }
    if let value = try node.float("value_float") { return .floats(ConstantTensor(value)) }
    if let value = try node.int("value_int") { return .integers(ConstantTensor(.known(value))) }
    if let values = try node.floats("value_floats") { return .floats(ConstantTensor(values)) }
    let values = try node.ints("value_ints") ?? []
    return .integers(ConstantTensor(values.map { .known($0) }))
  }

  mutating func constantOfShape(_ node: Node, _ shape: GraphValue) throws -> GraphValue {
    try node.expect(attributes: "value")
    let value = try node.tensor("value").map { try read($0) } ?? .floats(ConstantTensor(0))
    let lengths = try lengths(shape, node, "the shape")
    let result = try value.rearranged { shape in
      guard shape.allSatisfy({ $0 == 1 }) else {
        throw node.refusal("its value is \(value.title), expected one number")
      }
      return try expansion(node, [], to: lengths)
    }
    return result ?? value
  }

  func expand(_ node: Node, _ value: GraphValue, to shape: GraphValue) throws -> GraphValue {
    try node.expect()
    let lengths = try lengths(shape, node, "the shape")
    if let constant = try value.rearranged({ try expansion(node, $0, to: lengths) }) {
      return constant
    }
    guard case .signal(let signal) = value, signal.axes.count == lengths.count,
      zip(signal.axes, lengths).allSatisfy({ $1 == .known(1) || Length($0) == $1 })
    else { throw node.refusal("repeats \(value.title), expected a constant") }
    return value
  }

  /// Some of the lengths may be unknown.
  private func expansion(
    _ node: Node, _ old: [Int], to lengths: [Length]
  ) throws -> Rearrangement {
    guard lengths.count <= 16 else {
      throw node.refusal("found \(lengths.count) axes, expected at most 16")
    }
    var hasUnknownLengths = false
    let target = lengths.map { length -> Int in
      if case .known(let size) = length { return size }
      hasUnknownLengths = true
      return 1
    }
    guard let shape = Rearrangement.broadcast(old, target) else {
      throw node.refusal("found shape \(old), expected one that can be broadcast to \(target)")
    }
    try checkSize(shape, node)
    var result = Rearrangement.expand(old, to: shape)
    result.hasUnknownLengths = hasUnknownLengths
    return result
  }

  func shape(_ node: Node, _ value: GraphValue) throws -> GraphValue {
    try node.expect(attributes: "start", "end")
    let lengths: [Length]
    if case .signal(let signal) = value {
      lengths = signal.axes.map { Length($0) }
    } else if let constant = value.constantLengths {
      lengths = constant
    } else {
      throw node.refusal("reads the shape of \(value.title)")
    }
    func bounded(_ index: Int) -> Int {
      min(max(index < 0 ? index + lengths.count : index, 0), lengths.count)
    }
    let (start, end) = (
      bounded(try node.int("start") ?? 0), bounded(try node.int("end") ?? lengths.count)
    )
    return .integers(ConstantTensor(start < end ? Array(lengths[start..<end]) : []))
  }

  /// Changes the precision, or makes floats of integers.
  mutating func cast(_ node: Node, _ value: GraphValue) throws -> GraphValue {
    try node.expect(attributes: "to", "saturate")
    guard let to = try node.int("to") else { throw node.refusal("attribute 'to' is missing") }
    let type = Int32(exactly: to).flatMap(DataType.init)
    let name = DataType.name(Int32(truncatingIfNeeded: to))
    let isFloat = type.map { [.float, .float16, .bfloat16, .double].contains($0) } ?? false
    switch value {
    case .floats(let tensor) where type == .float16:
      return .floats(tensor.map { Float(Float16($0)) })
    case .floats where type == .float || type == .double:
      return value
    case .integers(let tensor) where isFloat && type != .bfloat16:
      return .floats(
        try tensor.map {
          guard case .known(let number) = $0 else {
            throw node.refusal("a length isn't known before the model is run")
          }
          return Float(number)
        })
    case .integers where type == .int32 || type == .int64:
      return value
    case .signal, .inputPart, .states:
      guard isFloat else { throw node.refusal("to is \(name), expected FLOAT") }
      if type != .float { note("\(node.title): the source computes in \(name); Leat in floats") }
      return value
    default:
      throw node.refusal("to is \(name), of \(value.title)")
    }
  }

  /// Changes nothing when the model is run.
  mutating func dropout(_ node: Node, _ value: GraphValue, training: GraphValue?) throws
    -> GraphValue
  {
    try node.expect(attributes: "ratio", "seed", "is_test")
    if let training {
      guard try known(training, node, "training_mode").allSatisfy({ $0 == 0 }) else {
        throw node.refusal("training_mode is true; export the model for inference: model.eval()")
      }
    }
    note("\(node.title): changes nothing when a model is run; left out")
    return value
  }

  /// Equal and Where of integers: exporters compute shapes with them.
  func equalOrWhere(_ node: Node, _ inputs: [GraphValue?]) throws -> GraphValue {
    try node.expect()
    let tensors = try inputs.map { value -> ConstantTensor<Length> in
      guard case .integers(let tensor)? = value else {
        throw node.refusal("found \(value?.title ?? "nothing"), expected a shape")
      }
      return tensor
    }
    guard tensors.count == (node.type == "Equal" ? 2 : 3),
      let shape = tensors.reduce(
        [],
        { (shape: [Int]?, next) in
          shape.flatMap { Rearrangement.broadcast($0, next.shape) }
        })
    else { throw node.refusal("shapes \(tensors.map(\.shape)) don't match") }
    try checkSize(shape, node)
    let all = tensors.map { $0.expanded(to: shape).elements }
    let elements = all[0].indices.map { index -> Length in
      guard node.type == "Where" else { return equal(all[0][index], all[1][index]) }
      switch all[0][index] {
      case .known(0): return all[2][index]
      case .known: return all[1][index]
      default: return .unknown
      }
    }
    return .integers(ConstantTensor(shape: shape, elements: elements))
  }

  private func equal(_ a: Length, _ b: Length) -> Length {
    switch (a, b) {
    case (.known(let a), .known(let b)): .known(a == b ? 1 : 0)
    case (.axis(let a), .axis(let b)) where a == b: .known(1)
    // A length is never below 0.
    case (.axis, .known(..<0)), (.known(..<0), .axis): .known(0)
    default: .unknown
    }
  }
}
