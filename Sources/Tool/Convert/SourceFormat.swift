// SPDX-License-Identifier: MIT

import LeatModelFiles

/// The formats that a model can be converted from.
enum SourceFormat: String, CaseIterable {
  case onnx, rtneural, nam, pytorch, keras
  case stateDict = "state-dict"

  /// Finds the format by the file's suffix, or else by its first bytes.
  init(path: String) throws {
    let name = path.lowercased()
    let suffixes: [(String, SourceFormat)] = [
      (".onnx", .onnx), (".nam", .nam), (".keras", .keras), (".h5", .keras), (".hdf5", .keras),
      (".pt", .pytorch), (".pth", .pytorch), (".ckpt", .pytorch),
    ]
    if let found = suffixes.first(where: { name.hasSuffix($0.0) }) {
      self = found.1
      return
    }
    let head = try InputFile.head(path, count: 4)
    switch head.first {
    case UInt8(ascii: "{"), UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
      // Both are JSON, and only RTNeural's has layers.
      self = try RTNeuralFile.hasLayers(InputFile.bytes(path)) ? .rtneural : .stateDict
    case 0x89 where head.dropFirst().starts(with: Array("HDF".utf8)):
      self = .keras
    default:
      throw ToolError(
        .data,
        "\(path): its name and contents don't tell its format; say it with --from "
          + Self.allCases.map(\.rawValue).joined(separator: ", "))
    }
  }
}
