// SPDX-License-Identifier: MIT

extension Recording {
  /// Inputs alone: of a CSV or safetensors file, or, when its name ends in .f32, little-endian
  /// floats without anything else, [steps][input_size].
  static func inputs(path: String, inputSize: Int, columns: [String] = []) throws -> [Float] {
    guard path.hasSuffix(".f32") else {
      return try Recording(
        path: path, inputSize: inputSize, outputSize: 0, columns: Columns(inputs: columns)
      ).inputs
    }
    return try SampleFile.raw(path, inputSize: inputSize)
  }
}
