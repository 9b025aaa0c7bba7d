// SPDX-License-Identifier: MIT

import ArgumentParser
import LeatModelFiles

extension NarrowType: ExpressibleByArgument {}

/// `leat quantize IN OUT`
struct Quantize: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a model's weights narrower: integers of 8 bits, or floats of 16.",
    discussion: """
      Matrices become narrow; biases, normalizer, initial state and metadata stay as they are. The \
      result is loaded once before it takes its place. How exact it is, Documentation/Formats.md \
      says; on your own data, --input does.

      Examples:
        leat quantize model.safetensors model-int8.safetensors
        leat quantize model.safetensors small.safetensors --to bf16 --input run.csv --inputs x,y,z
      """)

  @Argument(help: "The model to begin with.", completion: .file())
  var model: String

  @Argument(help: "Where to write the result.", completion: .file())
  var output: String

  @Option(help: "What weights become.")
  var to = NarrowType.int8

  @Option(
    name: .customLong("input"),
    help: ArgumentHelp(
      "Run both models over these samples and tell how far the outputs are off: CSV, safetensors "
        + "with \"input\", or .f32, floats alone.", valueName: "file"),
    completion: .file())
  var samples: String?

  @Option(help: "Columns of a CSV file, in the model's order, with commas between.")
  var inputs: NameList?

  @Flag(help: "Replace the output when there is one.")
  var force = false

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    // First, for the library's own words when it is no model.
    let original = try Model(path: model)
    let place = try NewFile(
      path: output, replaces: force, besides: [model] + [self.samples].compactMap { $0 })
    let samples = try self.samples.map {
      try Recording.inputs(
        path: $0, inputSize: original.inputSize, columns: inputs?.names ?? [])
    }
    var file = try SafetensorsFile(path: model)
    let weights = try file.tensors.filter(\.isWeight).map { ($0, try Narrowed($0, to: to)) }
    file.tensors.removeAll(where: \.isWeight)
    file.tensors += weights.flatMap { [$1.tensor] + ($1.scale.map { [$0] } ?? []) }
    let bytes = try file.bytes()
    var size: UInt64 = 0
    var errors: OutputErrors?
    try place.write(bytes) { path in
      let made = try load(path, expecting: original)
      size = made.info.model_size
      errors = try samples.map {
        try OutputErrors(of: made, beside: original, over: $0, from: self.samples ?? "")
      }
    }
    let report = Report(
      weights: weights.map(Report.Weight.init), fileBytes: Change(file.size, bytes.count),
      modelSize: Change(Int(original.info.model_size), Int(size)), errors: errors)
    if json { try Output.print(json: report) } else { try report.print() }
  }

  /// Has the library load what was written.
  private func load(_ path: String, expecting original: Model) throws -> Model {
    let made = try Model(path: path)
    guard made.layers.elementsEqual(original.layers, by: { $0.hasShape(of: $1) }) else {
      throw ToolError(.software, "\(path): loads as another model than \(model)")
    }
    return made
  }

  private struct Change: Encodable {
    let before, after: Int

    init(_ before: Int, _ after: Int) { (self.before, self.after) = (before, after) }
  }

  private struct Report: Encodable {
    struct Weight: Encodable {
      let name: String
      let shape: [Int]
      let before, after: String
      let largest, maxError: Float

      init(_ original: Tensor, _ narrowed: Narrowed) {
        (name, shape) = (original.name, original.shape)
        (before, after) = (original.type, narrowed.tensor.type)
        (largest, maxError) = (narrowed.largest, narrowed.error)
      }
    }

    let weights: [Weight]
    let fileBytes, modelSize: Change
    let errors: OutputErrors?

    func print() throws {
      var table = Table([
        ("tensor", .left), ("shape", .left), ("was", .left), ("is", .left), ("largest", .right),
        ("max error", .right),
      ])
      for weight in weights {
        table.add(
          weight.name, "\(weight.shape)", weight.before, weight.after,
          Figures.scientific(Double(weight.largest)), Figures.scientific(Double(weight.maxError)))
      }
      try table.print()
      try Output.print("file    \(fileBytes.before) -> \(fileBytes.after) bytes")
      try Output.print("memory  \(modelSize.before) -> \(modelSize.after) bytes")
      guard let errors else { return }
      try Output.print("")
      try errors.print()
      try Output.print("over \(Figures.grouped(errors.steps)) steps")
    }
  }
}
