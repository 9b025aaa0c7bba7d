// SPDX-License-Identifier: MIT

import FoundationEssentials

/// A Keras model in the JSON of RTNeural's scripts: `in_shape`, and `layers` with their weights in
/// Keras' layout. AIDA-X adds a skip connection and gains, which are layers here.
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
    let surroundings = try AIDAXSurroundings(file)
    var network = Network()
    try surroundings.begin(&network, inputs: inputs)
    var reader = RTNeuralLayers(inputSize: inputs, network: network)
    for (index, layer) in layers.enumerated() { try reader.add(layer, at: index) }
    network = reader.network
    try surroundings.end(&network, inputs: inputs, outputs: reader.size)
    var result = try network.conversion()
    result.metadata["source.format"] = "RTNeural"
    for (key, value) in file.sorted(by: { $0.key < $1.key })
    where !["in_shape", "layers"].contains(key) && !value.isOff {
      result.keep(key, value)
    }
    return result
  }
}
