// SPDX-License-Identifier: MIT

import Leat
import LeatModelFiles

/// Makes a model's weights narrower.
///
/// Each matrix is written with fewer bits, and everything else as it is. The library loads the result
/// under a temporary name and says that it is the same network, before the file gets its own name.
/// The errors are measured by running both models over the same samples.
struct ModelQuantizer {
  let model, output: String
  let replaces: Bool
  let type: WeightType
  /// Samples to measure the errors with; nil to measure none.
  let samples: String?
  /// Names of the samples' columns; none for all.
  let columns: [String]

  func run() throws -> QuantizeReport {
    // First, since the library's message is the better one when this is no model.
    let original = try Model.opened(model)
    let place = try NewFile(
      path: output, replaces: replaces, besides: [model] + [self.samples].compactMap { $0 })
    let samples = try self.samples.map {
      try Recording.inputs(path: $0, inputSize: original.inputSize, columns: columns)
    }
    var file = try SafetensorsFile(path: model)
    let weights = try file.tensors.filter(\.isWeight).map {
      ($0, try QuantizedTensor($0, to: type))
    }
    file.tensors.removeAll(where: \.isWeight)
    file.tensors += weights.flatMap { [$1.tensor] + ($1.scale.map { [$0] } ?? []) }
    let bytes = try file.bytes()
    var size: UInt64 = 0
    var errors: OutputErrors?
    try place.write(bytes) { path in
      let result = try Model.opened(path)
      guard result.layers.elementsEqual(original.layers, by: { $0.hasShape(of: $1) }) else {
        throw ToolError(.software, "\(path): loads as another model than \(model)")
      }
      size = result.memorySize
      errors = try samples.map {
        try OutputErrors(of: result, beside: original, over: $0, from: self.samples ?? "")
      }
    }
    return QuantizeReport(
      weights: weights.map(QuantizeReport.Weight.init), fileBytes: .init(file.size, bytes.count),
      modelSize: .init(Int(original.memorySize), Int(size)), errors: errors)
  }
}

extension Layer {
  /// Whether another has the same sizes and does the same, by weights of any type.
  fileprivate func hasShape(of other: Layer) -> Bool {
    kind == other.kind && inputSize == other.inputSize && outputSize == other.outputSize
      && hiddenSize == other.hiddenSize && recurrentIndex == other.recurrentIndex
      && activation == other.activation && cell == other.cell
  }
}
