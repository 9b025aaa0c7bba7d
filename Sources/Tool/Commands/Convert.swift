// SPDX-License-Identifier: MIT

import ArgumentParser
import LeatModelFiles

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// `leat convert IN OUT`
struct Convert: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a model file of another framework's model.",
    discussion: """
      Reads ONNX, RTNeural's JSON, a state_dict as JSON, Neural Amp Modeler's .nam, and, with the \
      help of Python and the packages torch or keras, PyTorch's .pt and Keras' .keras and .h5. \
      Nothing that is in such a file or beside it is run, unless --trust says so. What \
      Leat can't run is refused with its name, what it says, and what would make it work: \
      Documentation/Support.md lists it. The result is loaded, and with --check compared, before \
      it takes its place.

      Examples:
        leat convert model.onnx model.safetensors
        leat convert model.onnx model.safetensors --check recorded.csv
        leat convert model.pt model.safetensors --layers "lstm head:sigmoid"
      """)

  @Argument(help: "The model of the other framework.", completion: .file())
  var input: String

  @Argument(help: "Where to write the result, a safetensors file.", completion: .file())
  var output: String

  @Option(help: "What the input is, when its name doesn't tell.")
  var from: SourceFormat?

  @Option(name: .customLong("output"), help: "ONNX: the output to convert, when there are several.")
  var wanted: String?

  @Option(help: "A state_dict: the modules in their order, each with its activation if it has one.")
  var layers: String?

  @Option(help: "The Python that reads .pt, .keras and .h5.", completion: .file())
  var python = "python3"

  @Flag(help: "PyTorch: load Python objects, too, which runs code that is in the file.")
  var trust = false

  @Option(
    help: "Recorded inputs and outputs of the source, as of leat verify.", completion: .file())
  var check: String?

  @Option(help: "With --check: how far an output may be off, in parts of its recorded range.")
  var tolerance = Comparison.tolerance

  @Flag(help: "Print one JSON object.")
  var json = false

  @Flag(help: "Replace the output when there is one.")
  var force = false

  func validate() throws {
    guard tolerance >= 0 && tolerance.isFinite else {
      throw ValidationError("--tolerance \(tolerance): expected a number of at least 0.")
    }
  }

  func run() throws {
    let place = try NewFile(
      path: output, replaces: force, besides: [input] + [check].compactMap { $0 })
    let format = try from ?? SourceFormat(path: input)
    try checkOptions(format)
    let conversion = try converted(format)
    var summary = Summary(conversion, format: format)
    try place.write(try conversion.file.bytes()) { path in
      let model = try loaded(path)
      summary.describe(model)
      if let check {
        summary.check = try Comparison(model: model, against: check, tolerance: tolerance).report
      }
      guard summary.check?.isWithin ?? true else {
        try summary.print(json: json)
        throw ToolError(
          .data, "\(input): the result differs from \(check ?? ""); nothing was written")
      }
    }
    try summary.print(json: json)
  }

  /// The result, from where it waits for its place. What the library refuses is told of the input:
  /// the other name is gone by then.
  private func loaded(_ path: String) throws -> Model {
    do { return try Model(path: path) } catch let error as LibraryError {
      throw ToolError(error.status, error.description.replacing(path, with: input))
    }
  }

  /// An option that wouldn't do anything is a mistake.
  private func checkOptions(_ format: SourceFormat) throws {
    guard wanted == nil || format == .onnx else {
      throw ToolError(.usage, "--output is for ONNX, and this is \(format.rawValue)")
    }
    guard layers == nil || format == .stateDict || format == .pytorch else {
      throw ToolError(.usage, "--layers is for a state_dict: \(format.rawValue) says it itself")
    }
    guard !trust || format == .pytorch else {
      throw ToolError(.usage, "--trust is for PyTorch, and this is \(format.rawValue)")
    }
  }

  private func converted(_ format: SourceFormat) throws -> Conversion {
    if let framework = PythonConverter.Framework(rawValue: format.rawValue) {
      return try converted(by: framework)
    }
    let bytes = Data(try InputFile.bytes(input))
    do {
      switch format {
      case .onnx: return try ONNXFile.convert(bytes, output: wanted)
      case .rtneural: return try RTNeuralFile.convert(bytes)
      case .nam: return try NAMFile.convert(bytes)
      default: return try StateDictFile.convert(bytes, layers: layers)
      }
    } catch let error as ModelFileError {
      throw ModelFileError("\(input): \(Text.printable(error.description))")
    }
  }

  private func converted(by framework: PythonConverter.Framework) throws -> Conversion {
    // For its own words when it isn't there.
    _ = try InputFile.head(input, count: 1)
    var result = try PythonConverter(python: python).convert(
      input, framework: framework,
      options: (trust ? ["trust"] : []) + (layers == nil ? [] : ["layers"]))
    guard framework == .pytorch else { return result }
    if let layers {
      result.order(by: layers)
    } else {
      result.notes.append(StateDictFile.noActivations)
    }
    return result
  }
}
