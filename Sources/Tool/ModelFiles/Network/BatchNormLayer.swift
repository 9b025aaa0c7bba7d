// SPDX-License-Identifier: MIT

/// An nn.BatchNorm1d in inference: (x - mean) / sqrt(variance + epsilon) * weight + bias.
struct BatchNormLayer: ModuleLayer {
  static let defaultEpsilon: Float = 0.00001

  var source: String
  var mean: [Float]
  var variance: [Float]
  /// Both or neither.
  var affine: (weight: [Float], bias: [Float])?
  var epsilon = defaultEpsilon

  var name: String { "batch_norm" }

  var tensors: [ModuleTensor] {
    let shape = [mean.count]
    let affine = affine.map { [("weight", shape, $0.weight), ("bias", shape, $0.bias)] } ?? []
    return affine + [("running_mean", shape, mean), ("running_var", shape, variance)]
  }

  var arguments: [(name: String, value: String)] {
    epsilon == Self.defaultEpsilon ? [] : [("eps", "\(epsilon)")]
  }
}
