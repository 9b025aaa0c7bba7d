// SPDX-License-Identifier: MIT

import FoundationEssentials

/// A model of Neural Amp Modeler: JSON with an architecture, its configuration, and all weights in
/// one array, layer after layer, then the head's. The configuration gives all shapes, so the number
/// of weights is checked against it before any is read.
public enum NAMFile {
  private struct File: Decodable {
    struct Configuration: Decodable {
      enum CodingKeys: String, CodingKey, CaseIterable {
        case num_layers, input_size, hidden_size, in_channels, out_channels
      }

      var num_layers: Int?
      var input_size: Int?
      var hidden_size: Int?
      var in_channels: Int?
      var out_channels: Int?
    }

    var version: String?
    var architecture: String
    var config: Configuration
    var weights: [Float]
    var sample_rate: Double?
    var metadata: [String: JSONValue]?
  }

  /// The whole configuration, with keys that are unknown here.
  private struct Settings: Decodable {
    var config: [String: JSONValue]
  }

  /// Read first: other architectures have another configuration.
  private struct Header: Decodable {
    var architecture: String
  }

  public static func convert(_ bytes: Data) throws -> Conversion {
    let decoder = JSONDecoder()
    guard let header = try? decoder.decode(Header.self, from: bytes) else {
      throw ModelFileError(
        "isn't a .nam file, or is cut short: expected JSON with \"architecture\"")
    }
    guard header.architecture == "LSTM" else {
      throw ModelFileError(
        "architecture is \"\(header.architecture)\", expected \"LSTM\"; train it with that "
          + "architecture")
    }
    let file: File
    let settings: Settings
    do {
      file = try decoder.decode(File.self, from: bytes)
      settings = try decoder.decode(Settings.self, from: bytes)
    } catch {
      throw ModelFileError(
        "isn't a .nam file of an LSTM: expected config with num_layers, input_size and "
          + "hidden_size, and weights, an array of numbers")
    }
    let known = File.Configuration.CodingKeys.allCases.map(\.rawValue)
    for (name, value) in settings.config.sorted(by: { $0.key < $1.key })
    where !known.contains(name) {
      throw ModelFileError(
        "config: \(name) is \(value.title), expected only \(known.joined(separator: ", "))")
    }
    var result = try network(file).conversion()
    result.metadata["source.format"] = "NAM"
    if let version = file.version { result.keep("version", version) }
    if let rate = file.sample_rate { result.keep("sample_rate", "\(rate)") }
    for (key, value) in file.metadata ?? [:] { result.keep("metadata.\(key)", value) }
    return result
  }

  private static func network(_ file: File) throws -> Network {
    guard let layers = file.config.num_layers, let inputs = file.config.input_size,
      let hidden = file.config.hidden_size, (1...64).contains(layers),
      (1...1 << 20).contains(inputs), (1...1 << 20).contains(hidden)
    else {
      throw ModelFileError(
        "config: expected num_layers of 1 to 64, input_size and hidden_size of at least 1")
    }
    if let channels = file.config.in_channels, channels != inputs {
      throw ModelFileError("in_channels is \(channels), expected \(inputs), as input_size is")
    }
    let outputs = file.config.out_channels ?? 1
    guard (1...1 << 20).contains(outputs) else {
      throw ModelFileError("out_channels is \(outputs), expected at least 1")
    }
    var count = outputs * (hidden + 1)
    for layer in 0..<layers {
      count += 4 * hidden * ((layer == 0 ? inputs : hidden) + hidden) + 6 * hidden
    }
    guard file.weights.count == count else {
      throw ModelFileError(
        "found \(file.weights.count) weights, expected \(count) for num_layers \(layers), "
          + "input_size \(inputs), hidden_size \(hidden), out_channels \(outputs)")
    }
    var rest = file.weights[...]
    func next(_ count: Int) -> [Float] {
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }
    var network = Network()
    for index in 0..<layers {
      let inputs = index == 0 ? inputs : hidden
      var layer = RecurrentLayer(
        recurrence: .lstm, source: "LSTM layer \(index)", inputSize: inputs, hiddenSize: hidden,
        inputWeights: [], hiddenWeights: [])
      // Each row has the weights of the inputs, then the weights of h.
      for _ in 0..<4 * hidden {
        layer.inputWeights += next(inputs)
        layer.hiddenWeights += next(hidden)
      }
      layer.biases = (next(4 * hidden), [Float](repeating: 0, count: 4 * hidden))
      layer.initial = (next(hidden), next(hidden))
      network.layers.append(.recurrent(layer))
    }
    network.layers.append(
      .linear(
        LinearLayer(
          source: "head", inputSize: hidden, outputSize: outputs, weights: next(outputs * hidden),
          bias: next(outputs))))
    network.notes = [
      "the sum of both biases is bias_ih_l0; bias_hh_l0 is zero",
      "h0 and c0 are the file's; Neural Amp Modeler then runs half a second of silence before it "
        + "plays: step as many zeros through a new stream for the same outputs",
    ]
    return network
  }
}
