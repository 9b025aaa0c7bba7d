// SPDX-License-Identifier: MIT

/// What all operators that make a layer have in common.
extension GraphEvaluator {
  /// The library takes fewer; this bounds the time for a file that asks for more.
  private static let mostLinks = 512

  /// A signal that passes one more layer.
  mutating func appending(
    _ stage: Link.Stage, to signal: Signal, _ node: Node
  ) throws -> Signal {
    guard signal.links.count < Self.mostLinks else {
      throw node.refusal("comes after \(Self.mostLinks) layers, expected fewer")
    }
    var result = signal
    result.links.append(Link(identity: newIdentity(), stage: stage))
    return result
  }

  /// The signal that a layer reads, which takes the axis with this index as features.
  ///
  /// - Parameter size: the number of features, if the layer says it
  /// - Returns: the signal, with the meaning of this axis, and the number of its features
  func reading(
    _ node: Node, _ value: GraphValue, featureAxis index: Int? = nil, size: Int? = nil
  ) throws -> (signal: Signal, size: Int) {
    guard case .signal(var signal) = value else {
      throw node.refusal("applied to \(value.title), expected the output of a layer")
    }
    guard signal.kind != .cell else {
      throw node.refusal("uses the cell state c_n, expected h: Leat's layers take h only")
    }
    // A single feature needs no axis.
    let index = index ?? signal.axes.count - 1
    let axis = signal.axes.indices.contains(index) ? signal.axes[index] : []
    if signal.meaning == .none {
      guard axis.count <= 1 else {
        throw node.refusal("reads \(signal.title): each axis must be one of the input's")
      }
      (signal.feature, signal.inputFeature, signal.meaning) = (axis, axis, .feature)
      signal.inputSize = axis.size ?? size
    }
    guard axis == signal.feature || signal.feature.isEmpty else {
      throw node.refusal(
        "reads axis \(index) of \(signal.title), expected the features, \(signal.feature.title)")
    }
    guard let features = signal.feature.size ?? size else {
      throw node.refusal("found an unknown number of features")
    }
    return (signal, features)
  }

  /// The numbers of a constant, one for each feature or one for all.
  func features(
    _ node: Node, _ signal: Signal, _ constant: ConstantTensor<Float>, featureAxis: Int? = nil
  ) throws -> [Float] {
    let index = (featureAxis ?? signal.axes.count - 1) - signal.axes.count + constant.shape.count
    let others = constant.shape.enumerated().filter { $0.offset != index }.map(\.element)
    guard constant.shape.count <= signal.axes.count, others.allSatisfy({ $0 == 1 }),
      constant.elements.count == 1 || constant.elements.count == signal.feature.size
    else {
      throw node.refusal(
        "found a constant of shape \(constant.shape) for \(signal.title), expected one number for "
          + "each of \(signal.feature.title) features")
    }
    return constant.elements
  }
}
