// SPDX-License-Identifier: MIT

import CLeat

/// One layer of a model's list.
struct LayerReport: Encodable {
  let kind: String
  /// Of its module; nil of an activation of its own, and where the file isn't read.
  let name: String?
  let inputSize, outputSize: UInt32
  /// Of a recurrent layer, as `recurrent`, which counts those alone.
  let hiddenSize, recurrent: UInt32?
  let activation: String
  /// nil of a layer without weights, or without a projection.
  let weights, projectionWeights: String?

  init(_ layer: leat_layer_info_t, name: String?) {
    kind = layer.kindName
    self.name = name
    (inputSize, outputSize) = (layer.input_size, layer.output_size)
    hiddenSize = layer.isRecurrent ? layer.hidden_size : nil
    recurrent = layer.isRecurrent ? layer.recurrent : nil
    activation = layer.activationName
    (weights, projectionWeights) = (layer.weightsName, layer.projectionWeightsName)
  }

  /// A line for each, in columns.
  static func lines(_ layers: [LayerReport]) -> [String] { Text.columns(layers.map(\.cells)) }

  private var cells: [String] {
    let size = "\(inputSize) -> \(hiddenSize ?? outputSize)"
    let types = weights == projectionWeights ? nil : projectionWeights.map { "projection \($0)" }
    return [
      name.map { $0 == "." ? "" : Text.printable($0) } ?? "", kind,
      projectionWeights == nil ? size : "\(size), projected to \(outputSize)",
      activation == "none" ? "" : activation,
      [weights, types].compactMap { $0 }.joined(separator: ", "),
    ]
  }
}
