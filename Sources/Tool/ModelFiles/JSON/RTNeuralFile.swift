// SPDX-License-Identifier: MIT

import FoundationEssentials

/// A Keras model in the JSON of RTNeural's scripts: `in_shape`, and `layers` with their weights in
/// Keras' layout.
///
/// Keras' gates are in the order i, f, c, o, which is PyTorch's i, f, g, o; its matrices have
/// inputs as rows, PyTorch's have outputs as rows. So the conversion transposes each matrix and
/// moves no gate.
public enum RTNeuralFile {
  /// Whether a JSON file has an array of layers.
  public static func hasLayers(_ bytes: [UInt8]) -> Bool {
    struct Layers: Decodable {
      struct Layer: Decodable {}
      let layers: [Layer]
    }
    return (try? JSONDecoder().decode(Layers.self, from: Data(bytes))) != nil
  }

  public static func convert(_ bytes: Data) throws -> Conversion {
    let file = try JSONValue.read(bytes)
    guard let inputs = file["in_shape"]?.array?.last?.integer, inputs > 0, inputs < 1 << 24,
      let layers = file["layers"]?.array
    else {
      throw ModelFileError(
        "isn't a model of RTNeural: expected in_shape, an array that ends in the number of inputs, "
          + "and layers, an array")
    }
    var network = Network()
    var size = inputs
    for (index, layer) in layers.enumerated() {
      try add(layer, at: index, to: &network, &size)
    }
    try refuseGains(file)
    var result = try network.conversion()
    result.metadata["source.format"] = "RTNeural"
    for (key, value) in file.sorted(by: { $0.key < $1.key })
    where !["in_shape", "layers"].contains(key) && !value.isOff {
      result.keep(key, value)
    }
    return result
  }

  /// Refuses what programs that use RTNeural compute besides the network.
  static func refuseGains(_ file: [String: JSONValue]) throws {
    for key in ["in_skip", "skip", "in_gain", "out_gain", "input_gain", "output_gain"] {
      guard let value = file[key], !value.isOff else { continue }
      throw ModelFileError(
        "\(key) is \(value.title), expected 0: Leat runs the network alone; add the input or "
          + "multiply the gain outside of Leat, and set \(key) to 0")
    }
  }

  private static func add(
    _ layer: JSONValue, at index: Int, to network: inout Network, _ size: inout Int
  ) throws {
    let type = layer["type"]?.text ?? "none"
    let title = "layer \(index) (\(type))"
    func refusal(_ reason: String) -> ModelFileError { ModelFileError("\(title): \(reason)") }
    guard let outputs = layer["shape"]?.array?.last?.integer, outputs > 0, outputs < 1 << 20 else {
      throw refusal("shape is missing, or doesn't end in the number of outputs")
    }
    let weights = layer["weights"]?.array ?? []
    let activation: String
    switch layer["activation"] {
    case nil, .null?: activation = ""
    case .text(let text)?: activation = text
    case let other?: throw refusal("activation is \(other.title), expected a name")
    }
    switch type {
    case "lstm":
      // RTNeural doesn't read it: its LSTM always uses tanh.
      guard ["", "tanh"].contains(activation) else {
        throw refusal("activation is \"\(activation)\", expected \"tanh\"")
      }
      guard weights.count == 3 else {
        throw refusal(
          "found \(weights.count) arrays of weights, expected kernel, recurrent kernel and bias")
      }
      let rows = 4 * outputs
      let kernel = try weights[0].tensor([size, rows], "\(title): kernel")
      let recurrent = try weights[1].tensor([outputs, rows], "\(title): recurrent kernel")
      var made = RecurrentLayer(
        recurrence: .lstm, source: title, inputSize: size, hiddenSize: outputs,
        inputWeights: transposed(kernel, rows: size, columns: rows),
        hiddenWeights: transposed(recurrent, rows: outputs, columns: rows))
      made.biases = (
        try weights[2].tensor([rows], "\(title): bias"), [Float](repeating: 0, count: rows)
      )
      network.layers.append(.recurrent(made))
    case "dense", "time-distributed-dense":
      guard (1...2).contains(weights.count) else {
        throw refusal("found \(weights.count) arrays of weights, expected kernel and bias")
      }
      let kernel = try weights[0].tensor([size, outputs], "\(title): kernel")
      var made = LinearLayer(
        source: title, inputSize: size, outputSize: outputs,
        weights: transposed(kernel, rows: size, columns: outputs))
      if weights.count == 2 { made.bias = try weights[1].tensor([outputs], "\(title): bias") }
      network.layers.append(.linear(made))
      try activate(activation, &network, outputs, title)
    case "activation":
      guard outputs == size else {
        throw refusal("found \(outputs) outputs, expected \(size), as many as inputs")
      }
      try activate(activation, &network, outputs, title)
    default:
      throw refusal(
        "Leat runs lstm, dense, time-distributed-dense and activation; train the model with those")
    }
    size = outputs
  }

  private static func activate(
    _ name: String, _ network: inout Network, _ size: Int, _ title: String
  ) throws {
    // Keras' identity.
    if name.isEmpty || name == "linear" { return }
    let activation: Activation =
      switch name {
      case "relu": .relu
      case "sigmoid": .sigmoid
      case "tanh": .tanh
      case "softmax": .softmax
      default:
        throw ModelFileError(
          "\(title): activation is \"\(name)\", expected relu, sigmoid, tanh or softmax")
      }
    network.layers.append(
      .activation(ActivationLayer(source: title, size: size, activation: activation)))
  }
}

/// A matrix [rows][columns] as [columns][rows].
private func transposed(_ values: [Float], rows: Int, columns: Int) -> [Float] {
  var result: [Float] = []
  result.reserveCapacity(values.count)
  for column in 0..<columns {
    for row in 0..<rows { result.append(values[row * columns + column]) }
  }
  return result
}
