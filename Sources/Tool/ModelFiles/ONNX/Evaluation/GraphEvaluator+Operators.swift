// SPDX-License-Identifier: MIT

extension GraphEvaluator {
  /// The outputs of a node.
  mutating func apply(_ node: Node, _ inputs: [GraphValue?]) throws -> [GraphValue] {
    func input(_ index: Int) throws -> GraphValue {
      guard index < inputs.count, let value = inputs[index] else {
        throw node.refusal("input \(index) is missing")
      }
      return value
    }
    func optional(_ index: Int) -> GraphValue? { index < inputs.count ? inputs[index] : nil }
    if let expected = Self.inputCounts[node.type], !expected.contains(inputs.count) {
      throw node.refusal(
        "found \(inputs.count) inputs, expected \(expected.lowerBound)"
          + (expected.count > 1 ? " to \(expected.upperBound)" : ""))
    }

    switch node.type {
    case "LSTM": return try recurrent(node, .lstm, inputs)
    case "GRU": return try recurrent(node, .gru, inputs)
    case "RNN": return try recurrent(node, .rnn, inputs)
    case "Gemm":
      return [try gemm(node, input(0), input(1), optional(2))]
    case "MatMul":
      return [try matMul(node, input(0), input(1))]
    case "BatchNormalization":
      return [try batchNormalization(node, inputs)]
    case _ where Self.activations.contains(node.type):
      return [try activation(node, inputs)]
    case "Erf", "Abs":
      try node.expect()
      return [try call(node, node.type.lowercased(), input(0))]
    case "Pow":
      return [try power(node, input(0), input(1))]
    case "Add", "Sub", "Mul", "Div":
      return [try arithmetic(node, input(0), input(1))]
    case "Greater":
      return [try greater(node, input(0), input(1))]
    case "Where" where inputs.first?.map(\.isFormula) == true:
      return [try choice(node, input(0), input(1), input(2))]
    case "Equal", "Where":
      return [try equalOrWhere(node, inputs)]
    case "Identity":
      try node.expect()
      return [try input(0)]
    case "Dropout":
      return [try dropout(node, input(0), training: optional(2))]
    case "Cast":
      return [try cast(node, input(0))]
    case "Constant":
      return [try constant(node)]
    case "ConstantOfShape":
      return [try constantOfShape(node, input(0))]
    case "Shape":
      return [try shape(node, input(0))]
    case "Expand":
      return [try expand(node, input(0), to: input(1))]
    case "Transpose":
      return [try transpose(node, input(0))]
    case "Squeeze", "Unsqueeze":
      return [try squeeze(node, input(0), axes: optional(1))]
    case "Reshape":
      return [try reshape(node, input(0), to: input(1))]
    case "Flatten":
      return [try flatten(node, input(0))]
    case "Gather":
      return [try gather(node, input(0), input(1))]
    case "Slice":
      return [try slice(node, inputs)]
    case "Split":
      return try split(node, input(0))
    case "Concat":
      return [try concat(node, inputs)]
    case "Loop", "Scan", "If":
      throw node.refusal(
        "is what an exporter writes when it finds no LSTM; expected the operator LSTM: in Keras "
          + "give the layer use_cudnn=\"auto\", unroll=False and the default activations")
    default:
      throw node.refusal(
        "Leat has nothing like it; expected LSTM, GRU, RNN, Gemm, MatMul, BatchNormalization, "
          + "activations, Add, Sub, Mul, Div and operators that only move axes; take it out of the "
          + "model and compute it outside of Leat")
    }
  }

  private static let activations: Set = [
    "Clip", "Elu", "Gelu", "HardSigmoid", "HardSwish", "LeakyRelu", "LogSoftmax", "PRelu", "Relu",
    "Sigmoid", "Softmax", "Softplus", "Softsign", "Swish", "Tanh",
  ]

  /// Operators with a fixed number of inputs. The others check it themselves.
  private static let inputCounts: [String: ClosedRange<Int>] = [
    "Gemm": 2...3, "MatMul": 2...2, "BatchNormalization": 5...5, "Sigmoid": 1...1, "Tanh": 1...1,
    "Relu": 1...1, "Softmax": 1...1, "LogSoftmax": 1...1, "LeakyRelu": 1...1, "Elu": 1...1,
    "Gelu": 1...1, "Softplus": 1...1, "Softsign": 1...1, "HardSigmoid": 1...1, "HardSwish": 1...1,
    "Swish": 1...1, "PRelu": 2...2, "Clip": 1...3, "Erf": 1...1, "Abs": 1...1, "Pow": 2...2,
    "Greater": 2...2,
    "Add": 2...2, "Sub": 2...2, "Mul": 2...2, "Div": 2...2, "Identity": 1...1,
    "Cast": 1...1, "ConstantOfShape": 1...1, "Shape": 1...1, "Expand": 2...2, "Transpose": 1...1,
    "Squeeze": 1...2, "Unsqueeze": 1...2, "Reshape": 2...2, "Flatten": 1...1, "Gather": 2...2,
  ]

  // MARK: - Constants among the inputs

  func lengths(_ value: GraphValue?, _ node: Node, _ what: String) throws -> [Length] {
    guard case .integers(let tensor)? = value else {
      throw node.refusal("\(what) isn't known before the model is run")
    }
    return tensor.elements
  }

  func known(_ value: GraphValue?, _ node: Node, _ what: String) throws -> [Int] {
    try lengths(value, node, what).map {
      guard case .known(let number) = $0 else {
        throw node.refusal("\(what) isn't known before the model is run")
      }
      return number
    }
  }
}
