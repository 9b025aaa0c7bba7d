// SPDX-License-Identifier: MIT

import ArgumentParser
import CLeat
#if canImport(FoundationEssentials)
  import FoundationEssentials
  import Glibc
#else
  import Foundation
#endif

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
    guard force || !FileManager.default.fileExists(atPath: output) else { throw exists }
    var file = try SafetensorsFile(path: input)
    let weights = try file.tensors.filter(\.isWeight).map { ($0, try Narrowed($0, to: to)) }
    file.tensors.removeAll(where: \.isWeight)
    file.tensors += weights.flatMap { [$1.tensor] + ($1.scale.map { [$0] } ?? []) }
    let bytes = try file.bytes()
    let made = try place(bytes, expecting: original.info())
    print(table(weights))
    print("file    \(file.size) -> \(bytes.count) bytes")
    print("memory  \(try original.info().model_size) -> \(made.model_size) bytes")
  }

  private var exists: ToolError { ToolError("\(output): exists already; --force replaces it") }

  /// Writes beside the output, has the library load it, and renames it: there is never half a model.
  private func place(
    _ bytes: Data, expecting original: leat_model_info_t
  ) throws -> leat_model_info_t {
    let temporary = output + ".\(getpid()).new"
    defer { unsafe unlink(temporary) }
    let file = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL, 0o644)
    guard file >= 0 else { throw ToolError("\(temporary): \(lastError)") }
    try flush(bytes, to: file, temporary)
    let made = try Model(path: temporary).info()
    guard made.input_size == original.input_size, made.output_size == original.output_size,
      made.lstm_layers == original.lstm_layers, made.linear_layers == original.linear_layers
    else { throw ToolError("\(temporary): loads as another model than \(input)") }
    if force {
      guard unsafe rename(temporary, output) == 0 else {
        throw ToolError("\(output): \(lastError)")
      }
    } else if unsafe link(temporary, output) != 0 {
      // Unlike rename, link can't replace what another process has put there meanwhile.
      throw errno == EEXIST ? exists : ToolError("\(output): \(lastError)")
    }
    return made
  }

  /// Writes everything through to the disk, and closes.
  private func flush(_ bytes: Data, to file: Int32, _ path: String) throws {
    defer { close(file) }
    try unsafe bytes.withUnsafeBytes { buffer in
      var written = 0
      while written < buffer.count {
        let count = unsafe write(
          file, buffer.baseAddress! + written, buffer.count - written)
        guard count > 0 else { throw ToolError("\(path): \(lastError)") }
        written += count
      }
    }
    guard fsync(file) == 0 else { throw ToolError("\(path): \(lastError)") }
  }

  private var lastError: String { unsafe String(cString: strerror(errno)) }

  private func table(_ weights: [(Tensor, Narrowed)]) -> String {
    let width = max(6, weights.map { $0.0.name.count }.max() ?? 0)
    func line(_ columns: String...) -> String {
      columns.enumerated().map { index, text in
        let width = [width, 14, 4, 4, 10, 10][index]
        let filler = String(repeating: " ", count: max(0, width - text.count))
        return index < 4 ? text + filler : filler + text
      }.joined(separator: "  ")
    }
    let head = line("tensor", "shape", "was", "is", "largest", "max error")
    return
      ([head]
      + weights.map { original, narrowed in
        line(
          original.name, "\(original.shape)", original.type, narrowed.tensor.type,
          digits(narrowed.largest), digits(narrowed.error))
      }).joined(separator: "\n")
  }

  /// Three digits: they are there to be compared.
  private func digits(_ value: Float) -> String {
    guard value > 0 else { return "0" }
    var (mantissa, exponent) = (Double(value), 0)
    while mantissa >= 9.995 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
    while mantissa < 0.9995 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
    let hundredths = Int((mantissa * 100).rounded())
    let fraction = (hundredths % 100 < 10 ? "0" : "") + "\(hundredths % 100)"
    return "\(hundredths / 100).\(fraction)e\(exponent)"
  }
}
