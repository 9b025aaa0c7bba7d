// SPDX-License-Identifier: MIT

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// One layer of an LSTM, gates in PyTorch's order i, f, g, o.
struct LSTMLayer {
  /// Where it was found: "node 'lstm' (LSTM)"
  var source: String
  var inputSize: Int
  var hiddenSize: Int
  /// [4H][I] and [4H][H]
  var inputWeights: [Float]
  var hiddenWeights: [Float]
  /// [4H] each, or neither
  var biases: (input: [Float], hidden: [Float])?
  /// [H] each, or nothing: then it begins with zeros
  var initial: (h: [Float], c: [Float])?
}

extension LSTMLayer: Equatable {
  static func == (a: LSTMLayer, b: LSTMLayer) -> Bool {
    a.source == b.source && a.inputWeights == b.inputWeights && a.hiddenWeights == b.hiddenWeights
      && a.biases?.input == b.biases?.input && a.biases?.hidden == b.biases?.hidden
      && a.initial?.h == b.initial?.h && a.initial?.c == b.initial?.c
  }
}

enum Activation: String {
  case relu, sigmoid, tanh, softmax
}

struct LinearLayer {
  var source: String
  var inputSize: Int
  var outputSize: Int
  /// [out][in]
  var weights: [Float]
  var bias: [Float]?
  var activation: Activation?

  /// What multiplies each value by a number of its own: exactly that, as all other products are 0.
  static func diagonal(_ values: [Float], source: String) -> LinearLayer {
    let size = values.count
    var weights = [Float](repeating: 0, count: size * size)
    for (index, value) in values.enumerated() { weights[index * size + index] = value }
    return LinearLayer(source: source, inputSize: size, outputSize: size, weights: weights)
  }
}

/// What the library can run: a normalizer, LSTM layers, linear layers, one behind the other.
struct Network {
  var normalizer: (source: String, mean: [Float], deviation: [Float])?
  var recurrent: [LSTMLayer] = []
  var linear: [LinearLayer] = []
  var notes: [String] = []

  /// As tensors with PyTorch's names: an nn.LSTM for each layer, since each may be of its own size.
  func conversion() throws -> Conversion {
    guard !recurrent.isEmpty else { throw ModelFileError("there is no LSTM in it") }
    var result = Conversion()
    var layers: [String] = []
    if let normalizer {
      let count = normalizer.mean.count
      result.add(
        normalizer.source, to: "",
        [
          ("input_mean", [count], normalizer.mean), ("input_std", [count], normalizer.deviation),
        ])
    }
    for (index, layer) in recurrent.enumerated() {
      let name = recurrent.count == 1 ? "lstm" : "lstm\(index + 1)"
      let rows = 4 * layer.hiddenSize
      var tensors = [
        ("weight_ih_l0", [rows, layer.inputSize], layer.inputWeights),
        ("weight_hh_l0", [rows, layer.hiddenSize], layer.hiddenWeights),
      ]
      if let biases = layer.biases {
        tensors += [("bias_ih_l0", [rows], biases.input), ("bias_hh_l0", [rows], biases.hidden)]
      }
      if let initial = layer.initial {
        tensors += [
          ("h0", [1, layer.hiddenSize], initial.h), ("c0", [1, layer.hiddenSize], initial.c),
        ]
      }
      result.add(layer.source, to: name + ".", tensors)
      layers.append(name)
    }
    for (index, layer) in linear.enumerated() {
      let name = linear.count == 1 ? "linear" : "linear\(index + 1)"
      var tensors = [("weight", [layer.outputSize, layer.inputSize], layer.weights)]
      if let bias = layer.bias { tensors.append(("bias", [layer.outputSize], bias)) }
      result.add(layer.source, to: name + ".", tensors)
      layers.append(name + (layer.activation.map { ":\($0.rawValue)" } ?? ""))
    }
    result.metadata["leat.layers"] = layers.joined(separator: " ")
    result.notes = notes
    return result
  }
}

extension Conversion {
  fileprivate mutating func add(
    _ source: String, to prefix: String, _ parts: [(name: String, shape: [Int], values: [Float])]
  ) {
    for part in parts {
      var tensor = Tensor(name: prefix + part.name, type: "F32", shape: part.shape, data: Data())
      tensor.set(part.values.map(\.bitPattern), type: "F32")
      tensors.append(tensor)
    }
    self.parts.append(Part(source: source, tensors: parts.map { prefix + $0.name }))
  }
}
