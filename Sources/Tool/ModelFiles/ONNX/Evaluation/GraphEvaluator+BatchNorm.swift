// SPDX-License-Identifier: MIT

/// BatchNormalization in inference.
extension GraphEvaluator {
  /// X [batch, features] or [batch, features, time].
  mutating func batchNormalization(
    _ node: Node, _ inputs: [GraphValue?]
  ) throws -> GraphValue {
    try node.expect(attributes: "epsilon", "momentum", "training_mode", "spatial")
    if let training = try node.int("training_mode"), training != 0 {
      throw node.refusal("training_mode is \(training); export the model for inference: eval()")
    }
    if let spatial = try node.int("spatial"), spatial != 1 {
      throw node.refusal("spatial is \(spatial), expected 1")
    }
    guard node.proto.output.dropFirst().allSatisfy(\.isEmpty) else {
      throw node.refusal("gives the statistics of a batch; export the model for inference: eval()")
    }
    guard let first = inputs.first, let value = first else {
      throw node.refusal("input 0 is missing")
    }
    let names = ["scale", "B", "mean", "var"]
    let arrays = try zip(inputs.dropFirst(), names).map { input, name -> [Float] in
      guard case .floats(let tensor)? = input, tensor.shape.count == 1 else {
        throw node.refusal(
          "\(name) is \(input?.title ?? "missing"), expected a constant of one axis")
      }
      return tensor.elements
    }
    let (signal, size) = try reading(node, value, featureAxis: 1, size: arrays[0].count)
    guard signal.axes.count >= 2, signal.axes[1] == signal.feature else {
      throw node.refusal(
        "normalizes axis 1 of \(signal.title), expected the features, \(signal.feature.title)")
    }
    guard arrays.allSatisfy({ $0.count == size }) else {
      throw node.refusal("found \(arrays.map(\.count)) numbers, expected \(size) of each")
    }
    let layer = BatchNormLayer(
      source: node.title, mean: arrays[2], variance: arrays[3], affine: (arrays[0], arrays[1]),
      epsilon: try node.float("epsilon") ?? BatchNormLayer.defaultEpsilon)
    return .signal(try appending(.layer(.batchNorm(layer)), to: signal, node))
  }
}
