// SPDX-License-Identifier: MIT

import LeatModelFiles

struct ModelReport: FileReport {
  struct Layer: Encodable {
    let inputSize, hiddenSize, outputSize: UInt32
  }

  let kind = "model"
  let inputSize, outputSize: UInt32
  let inputLimit: Float
  let lstmLayers: [Layer]
  /// nil, as the two below, when the header is written in a form that only the library reads.
  let linearLayers: [NetworkDescription.Linear]?
  let weightTypes: [String]?
  let metadata: [String: String]?
  let hasNormalizer: Bool
  let parameters, macsPerStep, modelSize, streamSize, stateSize: UInt64
  let fingerprint, kernel: String
  private let linearCount: UInt32
  private let normalizer: (mean: [Float], standardDeviation: [Float])

  private enum CodingKeys: CodingKey {
    case kind, inputSize, outputSize, inputLimit, lstmLayers, linearLayers, weightTypes, metadata
    case hasNormalizer, parameters, macsPerStep, modelSize, streamSize, stateSize, fingerprint
    case kernel
  }

  init(path: String) throws {
    let model = try Model(path: path)
    let info = model.info
    (inputSize, outputSize) = (info.input_size, info.output_size)
    inputLimit = info.input_limit
    lstmLayers = try (0..<info.lstm_layers).map { index in
      let layer = try model.layer(index)
      return Layer(
        inputSize: layer.input_size, hiddenSize: layer.hidden_size, outputSize: layer.output_size)
    }
    linearCount = info.linear_layers
    normalizer = model.normalizer
    hasNormalizer =
      normalizer.mean.contains { $0 != 0 } || normalizer.standardDeviation.contains { $0 != 1 }
    (parameters, macsPerStep) = (info.parameters, info.macs_per_step)
    (modelSize, streamSize, stateSize) = (info.model_size, info.stream_size, info.state_size)
    (fingerprint, kernel) = (model.fingerprint, model.kernel)
    let network: NetworkDescription?
    do { network = try NetworkDescription(path: path) } catch is ModelFileError { network = nil }
    (linearLayers, weightTypes) = (network?.linear, network?.weightTypes)
    metadata = network?.metadata
  }

  var lines: [(String, String)] {
    var lines = [("inputs", "\(inputSize), magnitudes of at most \(inputLimit)")]
    lines.append(("normalizer", hasNormalizer ? normalizerText : "none"))
    for (index, layer) in lstmLayers.enumerated() {
      let projection =
        layer.outputSize == layer.hiddenSize ? "" : ", projected to \(layer.outputSize)"
      lines.append(
        ("LSTM layer \(index)", "\(layer.inputSize) -> \(layer.hiddenSize)\(projection)"))
    }
    if let linearLayers {
      for layer in linearLayers {
        let activation = layer.activation == "none" ? "" : ", \(layer.activation)"
        lines.append(
          ("linear", "\(layer.name)  \(layer.inFeatures) -> \(layer.outFeatures)\(activation)"))
      }
    } else {
      lines.append(("linear", "\(linearCount) layers; the header is written unusually"))
    }
    lines.append(("outputs", "\(outputSize)"))
    if let weightTypes { lines.append(("weights", weightTypes.joined(separator: ", "))) }
    lines += [
      ("parameters", Figures.grouped(parameters)),
      ("MACs a step", Figures.grouped(macsPerStep)),
      (
        "memory",
        "\(Figures.grouped(modelSize)) bytes for the model, \(Figures.grouped(streamSize)) for "
          + "a stream"
      ),
      ("state", "\(Figures.grouped(stateSize)) bytes"),
      ("kernel", "\(kernel) on this processor"),
      ("fingerprint", fingerprint),
    ]
    for (key, value) in (metadata ?? [:]).sorted(by: { $0.key < $1.key }) {
      lines.append(("metadata", "\(key) = \(value)"))
    }
    return lines
  }

  /// The figures of the first few inputs.
  private var normalizerText: String {
    let most = 4
    let list = { (values: [Float]) in
      values.prefix(most).map { "\($0)" }.joined(separator: " ")
        + (values.count > most ? " …" : "")
    }
    return "mean \(list(normalizer.mean)), standard deviation \(list(normalizer.standardDeviation))"
  }
}
