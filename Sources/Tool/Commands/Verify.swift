// SPDX-License-Identifier: MIT

import ArgumentParser

/// `leat verify MODEL --against FILE`
struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare a model's outputs with those that were recorded where it was trained.",
    discussion: """
      FILE is CSV, a step a line: the inputs' columns, then the outputs'; names over them may be \
      there, and pick by --inputs and --outputs. Or it is safetensors with "input" [steps, inputs] \
      and "output" [steps, outputs] in F32 or F64, which PyTorch makes with

        save_file({"input": x, "output": model(x)}, "recorded.safetensors")

      The recorded run must begin with the model's initial state. An output may be off by the \
      tolerance times its recorded range, and by 32 units in the last place of its magnitude, which \
      rounding takes. Beyond that the exit status is 65, and causes that would explain the errors \
      are tried out.

      Examples:
        leat verify model.safetensors --against recorded.safetensors
        leat verify model.safetensors --against run.csv --inputs x,y,z --outputs score
      """)

  @Argument(help: "The model.", completion: .file())
  var model: String

  @Option(help: "The recorded inputs and outputs.", completion: .file())
  var against: String

  @Option(help: "How far an output may be off, in parts of its recorded range.")
  var tolerance = Comparison.tolerance

  @Option(help: "Columns of the inputs, in the model's order, with commas between.")
  var inputs: NameList?

  @Option(help: "Columns of the outputs, in the same way.")
  var outputs: NameList?

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard tolerance >= 0 && tolerance.isFinite else {
      throw ValidationError("--tolerance \(tolerance): expected a number of at least 0.")
    }
  }

  func run() throws {
    let columns = Recording.Columns(inputs: inputs?.names ?? [], outputs: outputs?.names ?? [])
    let report = try Comparison(
      model: Model(path: model), against: against, columns: columns, tolerance: tolerance
    ).report
    if json { try Output.print(json: report) } else { try report.print() }
    if !report.isWithin { throw ExitCode(ExitStatus.data.rawValue) }
  }
}
