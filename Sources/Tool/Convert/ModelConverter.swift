// SPDX-License-Identifier: MIT

import Leat
import LeatModelFiles

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Converts another framework's model.
///
/// The source is read into a list of tensors and metadata and written as a safetensors file under a
/// temporary name. The library loads that file, and a recording is compared with its outputs, before
/// it gets its own name: no file with that name ever was a wrong model.
struct ModelConverter {
  static let usualPython = "python3"

  let input, output: String
  let replaces: Bool
  /// nil to find it.
  let format: SourceFormat?
  /// ONNX: the name of the output to convert.
  let chosenOutput: String?
  /// A state_dict: its modules in their order, with their activations.
  let layers: String?
  /// PyTorch: the key of a checkpoint's dictionary of tensors.
  let key: String?
  let python: String
  /// PyTorch: whether code in the file may run.
  let trusts: Bool
  let recording: String?
  let tolerance: Double
  let json: Bool

  func run() throws {
    let file = try NewFile(
      path: output, replaces: replaces, besides: [input] + [recording].compactMap { $0 })
    let format = try format ?? SourceFormat(path: input)
    try checkOptions(format)
    let conversion = try conversion(format)
    var report: ConversionReport?
    // Others have their layers, as has an amplifier in JSON.
    let canAdd = format.isStateDict && (layers != nil || format != .stateDict)
    let command = canAdd ? command(layers: conversion.file.layers) : nil
    try file.write(try conversion.file.bytes()) { path in
      let model = try model(path, of: conversion)
      let check = try recording.map {
        try Comparison(model: model, against: $0, tolerance: tolerance, command: command).report
      }
      report = ConversionReport(conversion, format: format, model: model, check: check)
      guard check?.isWithin ?? true else {
        try report?.print(json: json)
        throw ToolError(
          .data, "\(input): the result differs from \(recording ?? ""); nothing was written")
      }
    }
    try report?.print(json: json)
  }

  /// Loads the result under its temporary name, which messages must not have: it is removed.
  private func model(_ path: String, of conversion: Conversion) throws -> Model {
    do { return try Model(path: path) } catch {
      let message = error.message.replacing(path, with: input)
      // The library knows the result's tensors, and the user the source's layers.
      let sources = conversion.parts.compactMap { part in
        part.tensors.first { $0 != part.source && message.contains("'\($0)'") }
          .map { "; '\($0)' is of \(part.source)" }
      }
      throw ToolError(
        ExitStatus(error.code), Text.printable(message + sources.joined()))
    }
  }

  /// The same command without its layers.
  private func command(layers: String) -> ConvertCommand {
    var words = ["leat", "convert", input, output]
    for (option, value) in [("--from", format?.rawValue), ("--key", key), ("--check", recording)] {
      if let value { words += [option, value] }
    }
    if python != Self.usualPython { words += ["--python", python] }
    if tolerance != Comparison.tolerance { words += ["--tolerance", "\(tolerance)"] }
    if trusts { words.append("--trust") }
    if replaces { words.append("--force") }
    return ConvertCommand(words, layers: layers)
  }

  /// An option without an effect is a mistake.
  private func checkOptions(_ format: SourceFormat) throws {
    guard chosenOutput == nil || format == .onnx else {
      throw ToolError(.usage, "--output is for ONNX, and this is \(format.rawValue)")
    }
    guard layers == nil || format.isStateDict else {
      throw ToolError(
        .usage, "--layers is for a state_dict: a file of \(format.rawValue) has its layers")
    }
    guard key == nil || format == .pytorch else {
      throw ToolError(.usage, "--key is for PyTorch, and this is \(format.rawValue)")
    }
    guard !trusts || format == .pytorch else {
      throw ToolError(.usage, "--trust is for PyTorch, and this is \(format.rawValue)")
    }
  }

  private func conversion(_ format: SourceFormat) throws -> Conversion {
    if let framework = PythonConverter.Framework(rawValue: format.rawValue) {
      return try conversion(by: framework)
    }
    do {
      switch format {
      case .safetensors: return try safetensors()
      case .onnx: return try ONNXFile.convert(bytes(), output: chosenOutput)
      case .rtneural: return try RTNeuralFile.convert(bytes())
      case .nam: return try NAMFile.convert(bytes())
      default: return try StateDictFile.convert(bytes(), layers: layers)
      }
    } catch let error as ModelFileError {
      throw refusal(error)
    }
  }

  private func bytes() throws -> Data { Data(try InputFile.bytes(input)) }

  private func refusal(_ error: ModelFileError) -> ModelFileError {
    ModelFileError("\(input): \(Text.printable(error.description))")
  }

  private func safetensors() throws -> Conversion {
    let file = try SafetensorsFile(bytes())
    let metadata = file.metadata ?? [:]
    var result = try StateDict(file.tensors, order: .recurrentFirst).conversion(
      layers: layers, metadata: metadata)
    if metadata["source.format"] == nil { result.metadata["source.format"] = "safetensors" }
    return result
  }

  private func conversion(by framework: PythonConverter.Framework) throws -> Conversion {
    // A missing file is refused here, with the tool's own message.
    _ = try InputFile.head(input, count: 1)
    let options =
      (trusts ? ["trust"] : []) + (layers == nil ? [] : ["layers"])
      + (key.map { ["key=\($0)"] } ?? [])
    let read = try PythonConverter(python: python).convert(
      input, framework: framework, options: options)
    guard framework == .pytorch else { return read }
    do {
      var result = try StateDict(read.tensors, order: .asMade).conversion(
        layers: layers, metadata: read.metadata)
      result.notes = read.notes + result.notes
      return result
    } catch let error as ModelFileError {
      throw refusal(error)
    }
  }
}
