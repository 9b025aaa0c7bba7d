// SPDX-License-Identifier: MIT

import LeatSamples

extension Recording {
  /// Only the inputs, [steps][input_size]: of a CSV or safetensors file, or of a file *.f32 of
  /// little-endian floats.
  static func inputs(path: String, inputSize: Int, columns: [String] = []) throws -> [Float] {
    guard path.hasSuffix(".f32") else {
      return try Recording(
        path: path, inputSize: inputSize, outputSize: 0, columns: Columns(inputs: columns)
      ).inputs
    }
    return try SampleFile(path: path, inputSize: inputSize) { _, _ in
      RawReader(inputSize: inputSize, limit: .greatestFiniteMagnitude)
    }.inputs(inputSize: inputSize)
  }
}
