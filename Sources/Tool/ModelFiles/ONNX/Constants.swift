// SPDX-License-Identifier: MIT

/// Constants, shapes, and what changes neither.
extension Walk {
  mutating func constant(_ node: Node) throws -> Value {
    try node.expect(
      attributes: "value", "value_float", "value_floats", "value_int", "value_ints")
    guard node.proto.attribute.count == 1 else {
      throw node.refusal("\(node.proto.attribute.count) attributes, expected one value")
    }
    if let tensor = try node.tensor("value") { return try read(tensor) }
    if let value = try node.float("value_float") { return .floats(Dense(value)) }
    if let value = try node.int("value_int") { return .integers(Dense(.known(value))) }
    if let values = try node.floats("value_floats") {
      return .floats(Dense(shape: [values.count], elements: values))
    }
    let values = try node.ints("value_ints") ?? []
    return .integers(Dense(shape: [values.count], elements: values.map { .known($0) }))
  }

  mutating func constantOfShape(_ node: Node, _ shape: Value) throws -> Value {
    try node.expect(attributes: "value")
    let value = try node.tensor("value").map { try read($0) } ?? .floats(Dense(0))
    let lengths = try lengths(shape, node, "the shape")
    switch value {
    case .floats(let dense) where dense.elements.count == 1:
      return .floats(try spread(node, Dense(dense.elements[0]), lengths))
    case .integers(let dense) where dense.elements.count == 1:
      return .integers(try spread(node, Dense(dense.elements[0]), lengths))
    default:
      throw node.refusal("its value is \(value.title), expected one number")
    }
  }

  func expand(_ node: Node, _ value: Value, to shape: Value) throws -> Value {
    try node.expect()
    let lengths = try lengths(shape, node, "the shape")
    switch value {
    case .floats(let dense): return .floats(try spread(node, dense, lengths))
    case .integers(let dense): return .integers(try spread(node, dense, lengths))
    case .signal(let signal)
    where signal.axes.count == lengths.count
      && zip(signal.axes, lengths).allSatisfy({ $1 == .known(1) || Length($0) == $1 }):
      return value
    default:
      throw node.refusal("repeats \(value.title), expected a constant")
    }
  }

  /// A constant in a shape of which some lengths may be unknown.
  private func spread<Each>(
    _ node: Node, _ dense: Dense<Each>, _ lengths: [Length]
  ) throws -> Dense<Each> {
    guard lengths.count <= 16 else { throw node.refusal("\(lengths.count) axes") }
    var isSpread = dense.isSpread
    let target = lengths.map { length -> Int in
      if case .known(let size) = length { return size }
      isSpread = true
      return 1
    }
    guard let shape = Dense<Each>.broadcast(dense.shape, target) else {
      throw node.refusal("makes \(target) of \(dense.shape)")
    }
    try check(count: shape, node)
    var result = dense.expanded(shape)
    result.isSpread = isSpread
    return result
  }

  func shape(_ node: Node, _ value: Value) throws -> Value {
    try node.expect(attributes: "start", "end")
    let lengths: [Length]
    switch value {
    case .signal(let signal): lengths = signal.axes.map { Length($0) }
    case .floats(let dense):
      lengths = dense.shape.map { dense.isSpread && $0 == 1 ? .unknown : .known($0) }
    case .integers(let dense):
      lengths = dense.shape.map { dense.isSpread && $0 == 1 ? .unknown : .known($0) }
    case .part, .states, .refused:
      throw node.refusal("the shape of \(value.title)")
    }
    func bounded(_ index: Int) -> Int {
      min(max(index < 0 ? index + lengths.count : index, 0), lengths.count)
    }
    let (start, end) = (
      bounded(try node.int("start") ?? 0), bounded(try node.int("end") ?? lengths.count)
    )
    let part = start < end ? Array(lengths[start..<end]) : []
    return .integers(Dense(shape: [part.count], elements: part))
  }

  /// Types differ in their precision only, or a constant is made into one.
  mutating func cast(_ node: Node, _ value: Value) throws -> Value {
    try node.expect(attributes: "to", "saturate")
    guard let to = try node.int("to") else { throw node.refusal("attribute 'to' is missing") }
    let name = TensorReader.name(Int32(truncatingIfNeeded: to))
    let isFloat = [1, 10, 11, 16].contains(to)
    let isInteger = [6, 7].contains(to)
    switch value {
    case .floats(let dense) where to == 10:
      return .floats(dense.map { Float(Float16($0)) })
    case .floats where to == 1 || to == 11:
      return value
    case .integers(let dense) where isFloat && to != 16:
      return .floats(
        try dense.map {
          guard case .known(let number) = $0 else {
            throw node.refusal("a length that isn't known before the model is run")
          }
          return Float(number)
        })
    case .integers where isInteger:
      return value
    case .signal, .part, .states:
      guard isFloat else { throw node.refusal("to is \(name), expected FLOAT") }
      if to != 1 { note("\(node.title): the source computes in \(name); Leat in floats") }
      return value
    default:
      throw node.refusal("to is \(name), of \(value.title)")
    }
  }

  /// Dropout changes nothing when the model is run.
  mutating func dropout(_ node: Node, _ value: Value, training: Value?) throws -> Value {
    try node.expect(attributes: "ratio", "seed", "is_test")
    if let training {
      guard try known(training, node, "training_mode").allSatisfy({ $0 == 0 }) else {
        throw node.refusal("training_mode is true; export the model for inference: model.eval()")
      }
    }
    note("\(node.title): changes nothing when a model is run; left out")
    return value
  }

  /// Equal and Where, as exporters compute shapes with them.
  func choice(_ node: Node, _ inputs: [Value?]) throws -> Value {
    try node.expect()
    let dense = try inputs.map { value -> Dense<Length> in
      guard case .integers(let dense)? = value else {
        throw node.refusal("of \(value?.title ?? "nothing"), expected a shape")
      }
      return dense
    }
    guard dense.count == (node.type == "Equal" ? 2 : 3),
      let shape = dense.reduce(
        [],
        { (shape: [Int]?, next) in
          shape.flatMap { Dense<Length>.broadcast($0, next.shape) }
        })
    else { throw node.refusal("shapes \(dense.map(\.shape)) don't match") }
    try check(count: shape, node)
    let all = dense.map { $0.expanded(shape).elements }
    let elements = all[0].indices.map { index -> Length in
      guard node.type == "Where" else { return equal(all[0][index], all[1][index]) }
      switch all[0][index] {
      case .known(0): return all[2][index]
      case .known: return all[1][index]
      default: return .unknown
      }
    }
    return .integers(Dense(shape: shape, elements: elements))
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
