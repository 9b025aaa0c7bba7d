// SPDX-License-Identifier: MIT

import ArgumentParser

/// `leat convert IN OUT`
struct Convert: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Convert another framework's model to a model file for Leat.",
    discussion: """
      Reads ONNX, the JSON of RTNeural, AIDA-X and GuitarML, Neural Amp Modeler's .nam, and a \
      state_dict as JSON or safetensors. With Python it also reads .pt of PyTorch, which needs the \
      package torch unless it is TorchScript, and .keras and .h5 of Keras 2 and 3, which need the package h5py. No code that \
      is in such a file or beside it is run, except with --trust. A model that Leat can't run is \
      refused with the reason and a remedy: see Documentation/Support.md. The result is loaded, and \
      with --check compared, before the file gets its name.

      Examples:
        leat convert model.onnx model.safetensors
        leat convert model.onnx model.safetensors --check recorded.csv
        leat convert model.pt model.safetensors --layers "lstm head:sigmoid"
        leat convert checkpoint.pt model.safetensors --key ema.model
      """)

  @Argument(help: "The other framework's model.", completion: .file())
  var input: String

  @Argument(help: "Where to write the result, a safetensors file.", completion: .file())
  var output: String

  @Option(help: "The input's format, when its name doesn't tell.")
  var from: SourceFormat?

  @Option(name: .customLong("output"), help: "ONNX: the output to convert, when there are several.")
  var chosenOutput: String?

  @Option(help: "A state_dict: the modules in their order, each with its activation if it has one.")
  var layers: String?

  @Option(help: "PyTorch: the key of the state_dict in a checkpoint, \"a.b\" if b is in a.")
  var key: String?

  @Option(help: "The Python interpreter that reads .pt, .keras and .h5.", completion: .file())
  var python = ModelConverter.usualPython

  @Flag(help: "PyTorch: load Python objects, too, which runs code that is in the file.")
  var trust = false

  @Option(
    help: "Recorded inputs and outputs of the source, as for leat verify.", completion: .file())
  var check: String?

  @Option(help: "With --check: how far an output may be off, relative to its recorded range.")
  var tolerance = Comparison.tolerance

  @Flag(help: "Print one JSON object.")
  var json = false

  @Flag(help: "Replace the output if it exists.")
  var force = false

  func validate() throws {
    guard tolerance >= 0 && tolerance.isFinite else {
      throw ValidationError("--tolerance: found \(tolerance), expected a number of at least 0.")
    }
  }

  func run() throws {
    try ModelConverter(
      input: input, output: output, replaces: force, format: from, chosenOutput: chosenOutput,
      layers: layers, key: key, python: python, trusts: trust, recording: check,
      tolerance: tolerance, json: json
    ).run()
  }
}

extension SourceFormat: ExpressibleByArgument {}
