// SPDX-License-Identifier: MIT

import ArgumentParser
import Leat
import LeatModelFiles

/// `leat verify MODEL --against FILE`
struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare a model's outputs with outputs that were recorded where it was trained.",
    discussion: """
      FILE is CSV with one step a line: the columns of the inputs, then those of the outputs. With \
      a header, --inputs and --outputs choose columns by name. Or FILE is safetensors with "input" \
      [steps, inputs] and "output" [steps, outputs] in F32 or F64, which PyTorch writes with

        save_file({"input": x, "output": model(x)}, "recorded.safetensors")

      The recorded run must begin with the model's initial state. An output's error may be the \
      tolerance times its recorded range, plus 32 units in the last place of its magnitude for \
      rounding. With larger errors the exit status is 65, and likely causes are tested and named.

      Examples:
        leat verify model.safetensors --against recorded.safetensors
        leat verify model.safetensors --against run.csv --inputs x,y,z --outputs score
      """)

  @Argument(help: "The model.", completion: .file())
  var model: String

  @Option(help: "The recorded inputs and outputs.", completion: .file())
  var against: String

  @Option(help: "How far an output may be off, relative to its recorded range.")
  var tolerance = Comparison.tolerance

  @Option(help: "Columns of the inputs, in the model's order, separated by commas.")
  var inputs: NameList?

  @Option(help: "Columns of the outputs, likewise.")
  var outputs: NameList?

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard tolerance >= 0 && tolerance.isFinite else {
      throw ValidationError("--tolerance: found \(tolerance), expected a number of at least 0.")
    }
  }

  /// nil for a few forms of a file that only the library reads.
  private var command: ConvertCommand? {
    (try? SafetensorsFile(path: model)).map {
      ConvertCommand(["leat", "convert", model, "mended.safetensors"], layers: $0.layers)
    }
  }

  func run() throws {
    let columns = Recording.Columns(inputs: inputs?.names ?? [], outputs: outputs?.names ?? [])
    let report = try Comparison(
      model: Model.opened(model), against: against, columns: columns, tolerance: tolerance,
      command: command
    ).report
    if json { try Output.print(json: report) } else { try report.print() }
    if !report.isWithin { throw ExitCode(ExitStatus.data.rawValue) }
  }
}
