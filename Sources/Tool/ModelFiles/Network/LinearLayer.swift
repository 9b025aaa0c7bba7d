// SPDX-License-Identifier: MIT

/// An nn.Linear.
struct LinearLayer: ModuleLayer {
  var source: String
  var inputSize: Int
  var outputSize: Int
  /// [out][in]
  var weights: [Float]
  var bias: [Float]?

  /// Multiplies each value by one of these. This is exact, as all other products are 0.
  static func diagonal(_ values: [Float], source: String) -> LinearLayer {
    let size = values.count
    var weights = [Float](repeating: 0, count: size * size)
    for (index, value) in values.enumerated() { weights[index * size + index] = value }
    return LinearLayer(source: source, inputSize: size, outputSize: size, weights: weights)
  }

  /// Passes each value on, where a file needs a module.
  static func identity(_ size: Int, source: String) -> LinearLayer {
    diagonal([Float](repeating: 1, count: size), source: source)
  }

  var name: String { "linear" }

  var tensors: [ModuleTensor] {
    var tensors = [("weight", [outputSize, inputSize], weights)]
    if let bias { tensors.append(("bias", [outputSize], bias)) }
    return tensors
  }
}
