// SPDX-License-Identifier: MIT

import Foundation
import Leat

/// A model of Tests/Vectors.
func model(_ name: String) throws -> Model {
  let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()
  return try Model(path: tests.appendingPathComponent("Vectors/\(name)/model.safetensors").path)
}

/// Samples that differ, `[steps][inputSize]`.
func samples(_ steps: Int, _ model: Model, seed: Int = 1) -> [Float] {
  (0..<steps * model.inputSize).map { Float(($0 * 37 + seed * 11) % 101 - 50) / 64 }
}

/// A stream's outputs over samples, `[steps][outputSize]`.
func outputs(
  _ stream: inout ModelStream, _ samples: [Float]
) throws(LeatError) -> [Float] {
  let steps = samples.count / stream.model.inputSize
  var outputs = [Float](repeating: 0, count: steps * stream.model.outputSize)
  try stream.run(samples, into: &outputs)
  return outputs
}

/// A folder that is deleted when this goes.
final class Folder {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent(
      "leat-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { "\(path)/\(name)" }
}

/// The code that a call throws; nil when it throws none.
func code(_ call: () throws -> Void) -> LeatError.Code? {
  do {
    try call()
    return nil
  } catch {
    return (error as? LeatError)?.code
  }
}
