// SPDX-License-Identifier: MIT

import ArgumentParser
import LeatModelFiles

extension WeightType: ExpressibleByArgument {}

/// `leat quantize IN OUT`
struct Quantize: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a model's weights narrower: integers of 8 bits, or floats of 16.",
    discussion: """
      Matrices become narrow; biases, normalizer, initial state and metadata stay as they are. The \
      result is loaded once before the file gets its name. Documentation/Formats.md says how exact \
      narrow weights are; --input says it for your own data.

      Examples:
        leat quantize model.safetensors model-int8.safetensors
        leat quantize model.safetensors small.safetensors --to bf16 \\
            --input run.csv --inputs x,y,z
      """)

  @Argument(help: "The model to quantize.", completion: .file())
  var model: String

  @Argument(help: "Where to write the result.", completion: .file())
  var output: String

  @Option(help: "The type of the weights in the result.")
  var to = WeightType.int8

  @Option(
    name: .customLong("input"),
    help: ArgumentHelp(
      "Run both models over these samples and report the errors of the outputs: CSV, safetensors "
        + "with \"input\", or only floats in a file *.f32.", valueName: "file"),
    completion: .file())
  var samples: String?

  @Option(help: "Columns of a CSV file, in the model's order, separated by commas.")
  var inputs: NameList?

  @Flag(help: "Replace the output if it exists.")
  var force = false

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let report = try ModelQuantizer(
      model: model, output: output, replaces: force, type: to, samples: samples,
      columns: inputs?.names ?? []
    ).run()
    if json { try Output.print(json: report) } else { try report.print() }
  }
}
