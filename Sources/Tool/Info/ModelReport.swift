// SPDX-License-Identifier: MIT

import LeatModelFiles

struct ModelReport: FileReport {
  let kind = "model"
  let inputSize, outputSize: UInt32
  let inputLimit: Float
  /// In the order of a sample's way.
  let layers: [LayerReport]
  /// nil, as the metadata and all names, when the header is written in a form that only the library
  /// reads.
  let weightTypes: [String]?
  let metadata: [String: String]?
  let hasNormalizer: Bool
  let parameters, macsPerStep, modelSize, streamSize, stateSize: UInt64
  let fingerprint, kernel: String
  private let normalizer: (mean: [Float], standardDeviation: [Float])

  private enum CodingKeys: CodingKey {
    case kind, inputSize, outputSize, inputLimit, layers, weightTypes, metadata
    case hasNormalizer, parameters, macsPerStep, modelSize, streamSize, stateSize, fingerprint
    case kernel
  }

  init(path: String) throws {
    let model = try Model(path: path)
    let info = model.info
    (inputSize, outputSize) = (info.input_size, info.output_size)
    inputLimit = info.input_limit
    normalizer = model.normalizer
    hasNormalizer =
      normalizer.mean.contains { $0 != 0 } || normalizer.standardDeviation.contains { $0 != 1 }
    (parameters, macsPerStep) = (info.parameters, info.macs_per_step)
    (modelSize, streamSize, stateSize) = (info.model_size, info.stream_size, info.state_size)
    (fingerprint, kernel) = (model.fingerprint, Model.kernels.first ?? "")
    let file: FileDescription?
    do { file = try FileDescription(path: path) } catch is ModelFileError { file = nil }
    let names = file?.names(of: model.layers)
    layers = model.layers.enumerated().map { LayerReport($1, name: names?[$0]) }
    (weightTypes, metadata) = (file?.weightTypes, file?.metadata)
  }

  var lines: [(String, String)] {
    var lines = [("inputs", "\(inputSize), magnitudes of at most \(inputLimit)")]
    lines.append(("normalizer", hasNormalizer ? normalizerText : "none"))
    for (place, layer) in LayerReport.lines(layers).enumerated() {
      lines.append(("layer \(place)", layer))
    }
    lines.append(("outputs", "\(outputSize)"))
    if let weightTypes {
      lines.append(("weights", weightTypes.joined(separator: ", ") + " in the file"))
    }
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
    if metadata == nil {
      lines.append(("metadata", "not shown, nor names: the header is written unusually"))
    }
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
