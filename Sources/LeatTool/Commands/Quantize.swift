// SPDX-License-Identifier: MIT

import ArgumentParser
import CLeat
import LeatModelFiles

extension NarrowType: ExpressibleByArgument {}

/// `leat quantize IN OUT`
struct Quantize: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a model's weights narrower: integers of 8 bits, or floats of 16.",
    discussion: """
      Matrices become narrow; biases, normalizer, initial state and metadata stay as they are. The \
      result is loaded once before it takes its place. How exact it is, Documentation/Formats.md \
      says; try it on your own data.

      Example:
        leat quantize model.safetensors model-int8.safetensors
      """)

  @Argument(help: "The model to begin with.", completion: .file())
  var input: String

  @Argument(help: "Where to write the result.", completion: .file())
  var output: String

  @Option(help: "What weights become.")
  var to = NarrowType.int8

  @Flag(help: "Replace the output when there is one.")
  var force = false

  func run() throws {
    // First, for the library's own words when it is no model.
    let original = try Model(path: input)
    let place = try NewFile(path: output, replaces: force)
    var file = try SafetensorsFile(path: input)
    let weights = try file.tensors.filter(\.isWeight).map { ($0, try Narrowed($0, to: to)) }
    file.tensors.removeAll(where: \.isWeight)
    file.tensors += weights.flatMap { [$1.tensor] + ($1.scale.map { [$0] } ?? []) }
    let bytes = try file.bytes()
    var size: UInt64 = 0
    try place.write(bytes) { path in
      size = try load(path, expecting: original.info)
    }
    try table(weights).print()
    try Output.print("file    \(file.size) -> \(bytes.count) bytes")
    try Output.print("memory  \(original.info.model_size) -> \(size) bytes")
  }

  /// Has the library load what was written.
  ///
  /// - Returns: bytes of the model in memory
  private func load(_ path: String, expecting original: leat_model_info_t) throws -> UInt64 {
    let made = try Model(path: path).info
    guard made.input_size == original.input_size, made.output_size == original.output_size,
      made.lstm_layers == original.lstm_layers, made.linear_layers == original.linear_layers
    else { throw ToolError(.software, "\(path): loads as another model than \(input)") }
    return made.model_size
  }

  private func table(_ weights: [(Tensor, Narrowed)]) -> Table {
    var table = Table([
      ("tensor", .left), ("shape", .left), ("was", .left), ("is", .left), ("largest", .right),
      ("max error", .right),
    ])
    for (original, narrowed) in weights {
      table.add(
        original.name, "\(original.shape)", original.type, narrowed.tensor.type,
        Figures.scientific(Double(narrowed.largest)), Figures.scientific(Double(narrowed.error)))
    }
    return table
  }
}
