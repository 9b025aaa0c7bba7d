// SPDX-License-Identifier: MIT

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A model as RTNeural's scripts write Keras models: `in_shape`, and `layers` with their weights in
/// Keras' layout.
public enum RTNeuralFile {
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
      switch value {
      case .text(let text): result.keep(key, text)
      case .number, .boolean: result.keep(key, value.title)
      default: result.note("'\(key)' isn't kept: \(value.title)")
      }
    }
    return result
  }

  /// What programs around RTNeural add to the network itself.
  static func refuseGains(_ file: [String: JSONValue]) throws {
    for key in ["in_skip", "skip", "in_gain", "out_gain", "input_gain", "output_gain"] {
      guard let value = file[key], !value.isOff else { continue }
      throw ModelFileError(
        "\(key) is \(value.title), expected 0: Leat runs the network alone; add the input or "
          + "multiply the gain around it, and set \(key) to 0")
    }
  }

  private static func add(
    _ layer: JSONValue, at index: Int, to network: inout Network, _ size: inout Int
  ) throws {
    let type = layer["type"]?.text ?? "none"
    let title = "layer \(index) (\(type))"
    func refuse(_ reason: String) -> ModelFileError { ModelFileError("\(title): \(reason)") }
    guard let outputs = layer["shape"]?.array?.last?.integer, outputs > 0, outputs < 1 << 20 else {
      throw refuse("shape is missing, or doesn't end in the number of outputs")
    }
    let weights = layer["weights"]?.array ?? []
    let activation: String
    switch layer["activation"] {
    case nil, .null?: activation = ""
    case .text(let text)?: activation = text
    case let other?: throw refuse("activation is \(other.title), expected a name")
    }
    switch type {
    case "lstm":
      guard network.linear.isEmpty else {
        throw refuse("behind a dense layer; leat convert reads LSTM layers, then linear ones")
      }
      // RTNeural doesn't look at it: its LSTM has these.
      guard ["", "tanh"].contains(activation) else {
        throw refuse("activation is \"\(activation)\", expected \"tanh\"")
      }
      guard weights.count == 3 else {
        throw refuse("\(weights.count) arrays of weights, expected kernel, recurrent kernel, bias")
      }
      let rows = 4 * outputs
      // Keras' gates are i, f, c, o, which are PyTorch's i, f, g, o.
      let kernel = try weights[0].matrix(size, rows, "\(title): kernel")
      let recurrent = try weights[1].matrix(outputs, rows, "\(title): recurrent kernel")
      var made = LSTMLayer(
        source: title, inputSize: size, hiddenSize: outputs,
        inputWeights: transposed(kernel, rows: size, columns: rows),
        hiddenWeights: transposed(recurrent, rows: outputs, columns: rows))
      made.biases = (
        try weights[2].vector(rows, "\(title): bias"), [Float](repeating: 0, count: rows)
      )
      network.recurrent.append(made)
    case "dense", "time-distributed-dense":
      guard !network.recurrent.isEmpty else {
        throw refuse("before the LSTM; leat convert reads LSTM layers, then linear ones")
      }
      guard (1...2).contains(weights.count) else {
        throw refuse("\(weights.count) arrays of weights, expected kernel and bias")
      }
      let kernel = try weights[0].matrix(size, outputs, "\(title): kernel")
      var made = LinearLayer(
        source: title, inputSize: size, outputSize: outputs,
        weights: transposed(kernel, rows: size, columns: outputs))
      if weights.count == 2 { made.bias = try weights[1].vector(outputs, "\(title): bias") }
      network.linear.append(made)
      try activate(activation, &network, outputs, title)
    case "activation":
      guard outputs == size else { throw refuse("\(outputs) outputs of \(size) inputs") }
      try activate(activation, &network, outputs, title)
    default:
      throw refuse(
        "Leat runs lstm, dense, time-distributed-dense and activation; train the model with those")
    }
    size = outputs
  }

  private static func activate(
    _ name: String, _ network: inout Network, _ size: Int, _ title: String
  ) throws {
    // Keras' identity.
    if name.isEmpty || name == "linear" { return }
    guard let activation = Activation(rawValue: name) else {
      throw ModelFileError(
        "\(title): activation is \"\(name)\", expected relu, sigmoid, tanh or softmax")
    }
    guard !network.recurrent.isEmpty else {
      throw ModelFileError("\(title): before the LSTM; Leat has activations behind linear layers")
    }
    if network.linear.last.map({ $0.activation != nil }) ?? true {
      guard size <= 4096 else { throw ModelFileError("\(title): more than 4096 values") }
      // Leat's activations belong to linear layers: this one changes nothing.
      network.linear.append(.diagonal([Float](repeating: 1, count: size), source: title))
    }
    network.linear[network.linear.count - 1].activation = activation
  }
}
