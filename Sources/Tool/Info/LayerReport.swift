// SPDX-License-Identifier: MIT

import Leat

/// One of a model's layers.
struct LayerReport: Encodable {
  let kind: String
  /// Of its module, or what a sum adds, as in `leat.layers`: "+input[0:1]". nil of a separate
  /// activation, and where the file can't be read.
  let name: String?
  let inputSize, outputSize: Int
  /// nil of a layer that isn't recurrent. `recurrent` counts the recurrent layers.
  let hiddenSize, recurrent: Int?
  let activation: String
  /// The activations of a cell that isn't PyTorch's; nil of other layers.
  let cell: [String]?
  /// nil of a layer without weights, and without a projection.
  let weights, projectionWeights: String?

  init(_ layer: Layer, name: String?) {
    kind = layer.kind.moduleName
    self.name = name
    (inputSize, outputSize) = (layer.inputSize, layer.outputSize)
    hiddenSize = layer.recurrentIndex == nil ? nil : layer.hiddenSize
    recurrent = layer.recurrentIndex
    activation = layer.activation.rawValue
    cell = layer.cell.map { cell in
      switch layer.kind {
      case .rnn: [cell.activation.rawValue]
      case .gru: [cell.recurrentActivation, cell.activation].map(\.rawValue)
      default:
        [cell.recurrentActivation, cell.activation, cell.outputActivation].map(\.rawValue)
      }
    }
    (weights, projectionWeights) = (
      layer.weightType?.rawValue, layer.projectionWeightType?.rawValue
    )
  }

  /// A line for each layer, in columns.
  static func lines(_ layers: [LayerReport]) -> [String] { Text.columns(layers.map(\.cells)) }

  private var cells: [String] {
    let size = "\(inputSize) -> \(hiddenSize ?? outputSize)"
    let types = weights == projectionWeights ? nil : projectionWeights.map { "projection \($0)" }
    return [
      name.map { $0 == "." ? "" : Text.printable($0) } ?? "", kind,
      projectionWeights == nil ? size : "\(size), projected to \(outputSize)",
      cell.map { "cell of \($0.joined(separator: ", "))" }
        ?? (activation == "none" ? "" : activation),
      [weights, types].compactMap { $0 }.joined(separator: ", "),
    ]
  }
}

extension Layer.Kind {
  /// As PyTorch names its modules.
  fileprivate var moduleName: String {
    switch self {
    case .lstm: "nn.LSTM"
    case .linear: "nn.Linear"
    case .rnn: "nn.RNN"
    case .gru: "nn.GRU"
    case .activation: "activation"
    case .sum: "sum"
    case .scale: "scale"
    }
  }
}
