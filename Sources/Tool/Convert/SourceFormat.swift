// SPDX-License-Identifier: MIT

import LeatModelFiles

/// The formats that a model can be converted from.
enum SourceFormat: String, CaseIterable {
  case onnx, rtneural, nam, pytorch, keras, safetensors
  case stateDict = "state-dict"

  /// Whether the file has tensors, but neither the order of the modules nor their activations.
  var isStateDict: Bool { self == .stateDict || self == .pytorch || self == .safetensors }

  /// Finds the format by the file's first bytes, or else by its suffix.
  init(path: String) throws {
    if let format = try SourceSignature.format(of: path) {
      self = format
      return
    }
    let name = path.lowercased()
    let suffixes: [(String, SourceFormat)] = [
      (".onnx", .onnx), (".nam", .nam), (".keras", .keras), (".h5", .keras), (".hdf5", .keras),
      (".pt", .pytorch), (".pth", .pytorch), (".ckpt", .pytorch), (".safetensors", .safetensors),
    ]
    if let found = suffixes.first(where: { name.hasSuffix($0.0) }) {
      self = found.1
      return
    }
    switch try InputFile.head(path, count: 1).first {
    case UInt8(ascii: "{"), UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
      // Both are JSON, and only RTNeural's has layers.
      self = try RTNeuralFile.hasLayers(InputFile.bytes(path)) ? .rtneural : .stateDict
    default:
      throw ToolError(
        .data,
        "\(path): its name and contents don't tell its format; say it with --from "
          + Self.allCases.map(\.rawValue).joined(separator: ", "))
    }
  }
}
