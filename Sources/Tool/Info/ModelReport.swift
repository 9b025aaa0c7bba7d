// SPDX-License-Identifier: MIT

import Leat
import LeatModelFiles

/// What `leat info` reports of a model.
struct ModelReport: FileReport {
  let kind = "model"
  let inputSize, outputSize: Int
  let inputLimit: Float
  /// From the input to the output.
  let layers: [LayerReport]
  /// nil, as the metadata and all names, when the header has a form that only the library reads.
  let weightTypes: [String]?
  let metadata: [String: String]?
  let hasNormalizer: Bool
  let parameters, macsPerStep, modelSize, streamSize, stateSize: UInt64
  let fingerprint, kernel: String
  /// For `leat run --by`, if asked for.
  let manyStreams: ManyStreams?
  private let normalizer: (mean: [Float], standardDeviation: [Float])

  private enum CodingKeys: CodingKey {
    case kind, inputSize, outputSize, inputLimit, layers, weightTypes, metadata
    case hasNormalizer, parameters, macsPerStep, modelSize, streamSize, stateSize, fingerprint
    case kernel, manyStreams
  }

  /// - Parameter streams: for `manyStreams`; nil for none
  init(path: String, streams: Int? = nil) throws {
    let model = try Model.opened(path)
    (inputSize, outputSize) = (model.inputSize, model.outputSize)
    inputLimit = model.inputLimit
    normalizer = model.normalizer
    hasNormalizer =
      normalizer.mean.contains { $0 != 0 } || normalizer.standardDeviation.contains { $0 != 1 }
    (parameters, macsPerStep) = (model.parameterCount, model.multiplyAccumulatesPerStep)
    (modelSize, streamSize, stateSize) = (model.memorySize, model.streamSize, model.stateSize)
    fingerprint = "\(model.fingerprint)"
    kernel = ModelStream.availableKernels.first ?? ""
    manyStreams = streams.map {
      ManyStreams(
        $0, modelSize: model.memorySize, streamSize: model.streamSize, stateSize: model.stateSize)
    }
    let file: ModelFileSummary?
    do { file = try ModelFileSummary(path: path) } catch is ModelFileError { file = nil }
    let names = file?.names(of: model.layers)
    layers = model.layers.enumerated().map { LayerReport($1, name: names?[$0]) }
    (weightTypes, metadata) = (file?.weightTypes, file?.metadata)
  }

  var lines: [(String, String)] {
    var lines = [("inputs", "\(inputSize), magnitudes of at most \(inputLimit)")]
    lines.append(("normalizer", hasNormalizer ? normalizerText : "none"))
    for (index, layer) in LayerReport.lines(layers).enumerated() {
      lines.append(("layer \(index)", layer))
    }
    if let assumption { lines.append(("assumed", assumption)) }
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
    if let manyStreams { lines.append(("with --by", manyStreams.text)) }
    if metadata == nil {
      lines.append(("metadata", "metadata and names aren't shown: the header is written unusually"))
    }
    for (key, value) in (metadata ?? [:]).sorted(by: { $0.key < $1.key }) {
      lines.append(("metadata", "\(key) = \(value)"))
    }
    return lines
  }

  /// What a file without `leat.layers` is taken for, as its tensors don't show it.
  private var assumption: String? {
    guard let metadata, metadata["leat.layers"] == nil else { return nil }
    return "no activation and no sum after these layers, as leat.layers is missing: a state_dict "
      + "doesn't show what forward() does"
  }

  /// The numbers of the first few inputs.
  private var normalizerText: String {
    let most = 4
    let list = { (values: [Float]) in
      values.prefix(most).map { "\($0)" }.joined(separator: " ")
        + (values.count > most ? " …" : "")
    }
    return "mean \(list(normalizer.mean)), standard deviation \(list(normalizer.standardDeviation))"
  }
}
