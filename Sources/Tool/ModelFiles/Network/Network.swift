// SPDX-License-Identifier: MIT

/// One layer of an LSTM; the rows are in PyTorch's order of gates, i, f, g, o.
struct LSTMLayer {
  /// Its place in the source: "node 'lstm' (LSTM)"
  var source: String
  var inputSize: Int
  var hiddenSize: Int
  /// [4H][I] and [4H][H]
  var inputWeights: [Float]
  var hiddenWeights: [Float]
  /// [4H] each
  var biases: (input: [Float], hidden: [Float])?
  /// [H] each; nil for zeros
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

  /// Multiplies each value by one of these. This is exact, as all other products are 0.
  static func diagonal(_ values: [Float], source: String) -> LinearLayer {
    let size = values.count
    var weights = [Float](repeating: 0, count: size * size)
    for (index, value) in values.enumerated() { weights[index * size + index] = value }
    return LinearLayer(source: source, inputSize: size, outputSize: size, weights: weights)
  }

  /// Passes each value on, for an activation: in Leat's files these belong to linear layers.
  static func identity(_ size: Int, source: String) -> LinearLayer {
    diagonal([Float](repeating: 1, count: size), source: source)
  }
}

/// A network that the library can run: a normalizer, then LSTM layers, then linear layers.
///
/// Each source format is read into one, and only this file knows how the library's tensors are
/// named. Each LSTM layer becomes an nn.LSTM with one layer, since the sizes may differ.
struct Network {
  var normalizer: (source: String, mean: [Float], deviation: [Float])?
  var lstmLayers: [LSTMLayer] = []
  var linearLayers: [LinearLayer] = []
  var notes: [String] = []

  /// The tensors, with PyTorch's names.
  func conversion() throws -> Conversion {
    guard !lstmLayers.isEmpty else { throw ModelFileError("there is no LSTM in it") }
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
    for (index, layer) in lstmLayers.enumerated() {
      let name = lstmLayers.count == 1 ? "lstm" : "lstm\(index + 1)"
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
    for (index, layer) in linearLayers.enumerated() {
      let name = linearLayers.count == 1 ? "linear" : "linear\(index + 1)"
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
      tensors.append(Tensor(name: prefix + part.name, shape: part.shape, floats: part.values))
    }
    self.parts.append(Part(source: source, tensors: parts.map { prefix + $0.name }))
  }
}
