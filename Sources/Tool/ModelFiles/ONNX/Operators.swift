// SPDX-License-Identifier: MIT

extension Walk {
  /// What the outputs of a node are. Each operator is in the file of its family.
  mutating func apply(_ node: Node, _ inputs: [Value?]) throws -> [Value] {
    func input(_ index: Int) throws -> Value {
      guard index < inputs.count, let value = inputs[index] else {
        throw node.refusal("input \(index) is missing")
      }
      return value
    }
    func optional(_ index: Int) -> Value? { index < inputs.count ? inputs[index] : nil }
    func expect(inputs range: ClosedRange<Int>) throws {
      guard range.contains(inputs.count) else {
        throw node.refusal("\(inputs.count) inputs")
      }
    }

    switch node.type {
    case "LSTM":
      return try recurrent(node, inputs)
    case "Gemm":
      try expect(inputs: 2...3)
      return [try gemm(node, try input(0), try input(1), optional(2))]
    case "MatMul":
      try expect(inputs: 2...2)
      return [try matMul(node, try input(0), try input(1))]
    case "Sigmoid", "Tanh", "Relu", "Softmax":
      try expect(inputs: 1...1)
      return [try activation(node, try input(0))]
    case "Add", "Sub", "Mul", "Div":
      try expect(inputs: 2...2)
      return [try arithmetic(node, try input(0), try input(1))]
    case "Equal", "Where":
      return [try choice(node, inputs)]
    case "Identity":
      try expect(inputs: 1...1)
      try node.expect()
      return [try input(0)]
    case "Dropout":
      return [try dropout(node, try input(0), training: optional(2))]
    case "Cast":
      try expect(inputs: 1...1)
      return [try cast(node, try input(0))]
    case "Constant":
      return [try constant(node)]
    case "ConstantOfShape":
      try expect(inputs: 1...1)
      return [try constantOfShape(node, try input(0))]
    case "Shape":
      try expect(inputs: 1...1)
      return [try shape(node, try input(0))]
    case "Expand":
      try expect(inputs: 2...2)
      return [try expand(node, try input(0), to: try input(1))]
    case "Transpose":
      try expect(inputs: 1...1)
      return [try transpose(node, try input(0))]
    case "Squeeze", "Unsqueeze":
      try expect(inputs: 1...2)
      return [try squeeze(node, try input(0), axes: optional(1))]
    case "Reshape":
      try expect(inputs: 2...2)
      return [try reshape(node, try input(0), to: try input(1))]
    case "Flatten":
      try expect(inputs: 1...1)
      return [try flatten(node, try input(0))]
    case "Gather":
      try expect(inputs: 2...2)
      return [try gather(node, try input(0), try input(1))]
    case "Slice":
      return [try slice(node, inputs)]
    case "Split":
      return try split(node, try input(0))
    case "Concat":
      return [try concat(node, inputs)]
    case "GRU", "RNN":
      throw node.refusal("Leat runs LSTMs, not \(node.type)s; train the model with an LSTM")
    case "Loop", "Scan", "If":
      throw node.refusal(
        "what an exporter writes when it finds no LSTM; expected the operator LSTM: in Keras give "
          + "the layer use_cudnn=\"auto\", unroll=False and the default activations")
    default:
      throw node.refusal(
        "Leat has nothing like it; expected LSTM, Gemm, MatMul, Add, Sigmoid, Tanh, Relu, Softmax "
          + "and what only moves axes; take it out of the model and do it around Leat")
    }
  }

  /// The constants among the inputs that say how, not what.
  func lengths(_ value: Value?, _ node: Node, _ what: String) throws -> [Length] {
    guard case .integers(let dense)? = value else {
      throw node.refusal("\(what) isn't known before the model is run")
    }
    return dense.elements
  }

  func known(_ value: Value?, _ node: Node, _ what: String) throws -> [Int] {
    try lengths(value, node, what).map {
      guard case .known(let number) = $0 else {
        throw node.refusal("\(what) isn't known before the model is run")
      }
      return number
    }
  }
}
