// SPDX-License-Identifier: MIT

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A model of Neural Amp Modeler: architecture, its configuration, and all weights in one array.
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

  /// All that the configuration says.
  private struct Settings: Decodable {
    var config: [String: JSONValue]
  }

  /// What decides whether the rest is looked at.
  private struct Head: Decodable {
    var architecture: String
  }

  public static func convert(_ bytes: Data) throws -> Conversion {
    let decoder = JSONDecoder()
    guard let head = try? decoder.decode(Head.self, from: bytes) else {
      throw ModelFileError(
        "isn't a .nam file, or is cut short: expected JSON with \"architecture\"")
    }
    guard head.architecture == "LSTM" else {
      throw ModelFileError(
        "architecture is \"\(head.architecture)\", expected \"LSTM\"; train it with that "
          + "architecture")
    }
    let file: File
    let settings: Settings
    do {
      file = try decoder.decode(File.self, from: bytes)
      settings = try decoder.decode(Settings.self, from: bytes)
    } catch {
      throw ModelFileError(
        "isn't as .nam files of an LSTM are: expected config with num_layers, input_size and "
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
    for (key, value) in file.metadata ?? [:] {
      switch value {
      case .text(let text): result.keep("metadata.\(key)", text)
      case .number, .boolean: result.keep("metadata.\(key)", value.title)
      case .null: break
      case .array, .object: result.note("metadata '\(key)' isn't kept: \(value.title)")
      }
    }
    return result
  }

  private static func network(_ file: File) throws -> Network {
    for (name, channels) in [
      ("in_channels", file.config.in_channels), ("out_channels", file.config.out_channels),
    ] {
      guard channels ?? 1 == 1 else {
        throw ModelFileError("\(name) is \(channels ?? 0), expected 1")
      }
    }
    guard let layers = file.config.num_layers, let inputs = file.config.input_size,
      let hidden = file.config.hidden_size, (1...64).contains(layers),
      (1...1 << 20).contains(inputs), (1...1 << 20).contains(hidden)
    else {
      throw ModelFileError(
        "config: expected num_layers of 1 to 64, input_size and hidden_size of at least 1")
    }
    var count = hidden + 1
    for layer in 0..<layers {
      count += 4 * hidden * ((layer == 0 ? inputs : hidden) + hidden) + 6 * hidden
    }
    guard file.weights.count == count else {
      throw ModelFileError(
        "there are \(file.weights.count) weights, expected \(count) for num_layers \(layers), "
          + "input_size \(inputs), hidden_size \(hidden)")
    }
    var rest = file.weights[...]
    func take(_ count: Int) -> [Float] {
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }
    var network = Network()
    for index in 0..<layers {
      let inputs = index == 0 ? inputs : hidden
      var layer = LSTMLayer(
        source: "LSTM layer \(index)", inputSize: inputs, hiddenSize: hidden, inputWeights: [],
        hiddenWeights: [])
      // Each row has the weights of the inputs, then those of h.
      for _ in 0..<4 * hidden {
        layer.inputWeights += take(inputs)
        layer.hiddenWeights += take(hidden)
      }
      layer.biases = (take(4 * hidden), [Float](repeating: 0, count: 4 * hidden))
      layer.initial = (take(hidden), take(hidden))
      network.recurrent.append(layer)
    }
    network.linear = [
      LinearLayer(
        source: "head", inputSize: hidden, outputSize: 1, weights: take(hidden), bias: take(1))
    ]
    network.notes = [
      "the sum of both biases is bias_ih_l0; bias_hh_l0 is zero",
      "h0 and c0 are the file's; Neural Amp Modeler then runs half a second of silence before it "
        + "plays: step zeros through a new stream to have the same",
    ]
    return network
  }
}
