// SPDX-License-Identifier: MIT

import ArgumentParser
import Leat
import LeatModelFiles

/// `leat verify MODEL --against FILE`, `leat verify MODEL RECORDING --window W`
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

      With --window the outputs of a stream with windows are compared with those of one without, over \
      the inputs of RECORDING: CSV, safetensors with "input", or raw float32 (*.f32). How far they are \
      apart says whether a model that was trained on windows needs them.

      Examples:
        leat verify model.safetensors log.csv --window 30 --plot windows.svg
        leat verify model.safetensors --against recorded.safetensors
        leat verify model.safetensors --against run.csv --inputs x,y,z --outputs score
      """)

  @Argument(help: "The model.", completion: .file())
  var model: String

  @Argument(help: "With --window: the recorded inputs.", completion: .file())
  var recording: String?

  @Option(help: "The recorded inputs and outputs.", completion: .file())
  var against: String?

  @OptionGroup var window: WindowArguments

  @Option(
    help: "With --window: draw both outputs and their differences, into *.svg, *.png or *.html.",
    completion: .file())
  var plot: String?

  @Option(help: "The picture's colours: auto (as the reader's system), light or dark.")
  var plotTheme = PlotFile.Theme.auto

  @Flag(help: "Replace a picture that exists.")
  var force = false

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
    guard window.window == nil else {
      if against != nil { throw ValidationError("--against and --window exclude each other.") }
      if recording == nil { throw ValidationError("--window needs a RECORDING.") }
      if outputs != nil {
        throw ValidationError("--outputs is for --against: with --window none are recorded.")
      }
      return
    }
    if recording != nil { throw ValidationError("RECORDING is for --window; or say --against.") }
    if against == nil { throw ValidationError("Expected --against, or a RECORDING and --window.") }
    if plot != nil { throw ValidationError("--plot needs a --window.") }
  }

  /// nil for a few forms of a file that only the library reads.
  private var command: ConvertCommand? {
    (try? SafetensorsFile(path: model)).map {
      ConvertCommand(["leat", "convert", model, "mended.safetensors"], layers: $0.layers)
    }
  }

  func run() throws {
    if let windows = window.windows, let recording {
      return try compare(windows, over: recording)
    }
    guard let against else { return }
    let columns = Recording.Columns(inputs: inputs?.names ?? [], outputs: outputs?.names ?? [])
    let report = try Comparison(
      model: Model.opened(model), against: against, columns: columns, tolerance: tolerance,
      command: command
    ).report
    if json { try Output.print(json: report) } else { try report.print() }
    if !report.isWithin { throw ExitCode(ExitStatus.data.rawValue) }
  }

  private func compare(_ windows: Windows, over recording: String) throws {
    let picture = try plot.map {
      try PlotFile(path: $0, theme: plotTheme, replaces: force, besides: [model, recording])
    }
    let opened = try Model.opened(model)
    let inputs = try Recording.inputs(
      path: recording, inputSize: opened.inputSize, columns: inputs?.names ?? [])
    let comparison = try WindowComparison(
      model: opened, windows: windows, inputs: inputs, from: recording)
    if json {
      try Output.print(json: comparison.report)
    } else {
      try comparison.report.print()
    }
    try picture?.write(comparison.chart(FileIdentity.parts(of: recording).name))
  }
}
