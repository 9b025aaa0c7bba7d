// SPDX-License-Identifier: MIT

/// What is done to the input before the first LSTM: (x - mean) / std, as the library computes it.
struct Normalizer {
  /// Numbers along an axis of the input, or one for all of it.
  struct Constants {
    var values: [Float]
    var axis: Axis?
  }

  var mean: Constants?
  var deviation: Constants?
  var sources: [String] = []

  var isEmpty: Bool { sources.isEmpty }

  /// One number for each input of the LSTM.
  ///
  /// - Parameter feature: the axis of the input that holds them
  func resolved(_ feature: Axis, count: Int) throws -> (
    source: String, mean: [Float], deviation: [Float]
  ) {
    func all(_ constants: Constants?, otherwise: Float) throws -> [Float] {
      guard let constants else { return [Float](repeating: otherwise, count: count) }
      guard let axis = constants.axis else {
        return [Float](repeating: constants.values[0], count: count)
      }
      guard axis == feature, constants.values.count == count else {
        throw ModelFileError(
          "the numbers of \(sources.joined(separator: " and ")) are not one for each of the "
            + "\(count) inputs; Leat's normalizer has one mean and one std for each input")
      }
      return constants.values
    }
    return (
      sources.joined(separator: ", "), try all(mean, otherwise: 0), try all(deviation, otherwise: 1)
    )
  }
}

extension Walk {
  /// Add, Sub, Mul or Div of the graph's input and constants.
  func normalize(
    _ node: Node, _ signal: Signal, _ constant: Dense<Float>, constantIsFirst: Bool
  ) throws -> Value {
    var signal = signal
    var values = constant.elements
    var axis: Axis?
    if values.count != 1 {
      guard constant.shape.count <= signal.axes.count,
        let index = constant.shape.firstIndex(where: { $0 != 1 }),
        constant.shape[index] == values.count
      else {
        throw node.refusal(
          "a constant of shape \(constant.shape) meets the input, \(signal.title); expected one "
            + "number for each input")
      }
      let found = signal.axes[signal.axes.count - constant.shape.count + index]
      guard !found.isEmpty, found.size == nil || found.size == values.count else {
        throw node.refusal(
          "a constant of shape \(constant.shape) meets the input, \(signal.title): the lengths "
            + "differ")
      }
      axis = found
    }
    let hasSubtracted = signal.normalizer.mean != nil
    let hasDivided = signal.normalizer.deviation != nil
    switch (node.type, constantIsFirst) {
    case ("Sub", false) where !hasSubtracted && !hasDivided,
      ("Add", _) where !hasSubtracted && !hasDivided:
      if node.type == "Add" { values = values.map { -$0 } }
      signal.normalizer.mean = .init(values: values, axis: axis)
    case ("Div", false) where !hasDivided && values.allSatisfy { $0 > 0 && $0.isFinite }:
      signal.normalizer.deviation = .init(values: values, axis: axis)
    case ("Mul", _) where !hasDivided && values.allSatisfy(\.isPowerOfTwo):
      // Then 1 / value is exact, and to divide by it is the same.
      signal.normalizer.deviation = .init(values: values.map { 1 / $0 }, axis: axis)
    default:
      throw node.refusal(
        "stands before the LSTM and isn't exactly Leat's normalizer, (x - mean) / std with std > 0; "
          + "export the model with the normalizer written so, or without and give "
          + "input_mean and input_std to the file")
    }
    signal.normalizer.sources.append(node.title)
    return .signal(signal)
  }
}

extension Float {
  fileprivate var isPowerOfTwo: Bool {
    isNormal && self > 0 && significand == 1 && exponent.magnitude < 100
  }
}
