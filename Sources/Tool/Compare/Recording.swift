// SPDX-License-Identifier: MIT

import LeatModelFiles
import LeatSamples

/// The inputs and outputs of another implementation: from the columns of a CSV file, or from the
/// tensors "input" and "output" of a safetensors file.
struct Recording {
  /// Names of columns; none to take all in their order.
  struct Columns {
    var inputs: [String] = []
    var outputs: [String] = []
  }

  let steps: Int
  /// [steps][input_size]
  let inputs: [Float]
  /// [steps][output_size]; empty when only inputs are read. Rounded to floats if they are from CSV.
  let outputs: [Double]

  /// - Parameter outputSize: 0 to read only inputs
  init(path: String, inputSize: Int, outputSize: Int, columns: Columns = Columns()) throws {
    let isTensors = try InputFile.head(path, count: 9).last == UInt8(ascii: "{")
    if isTensors {
      guard columns.inputs.isEmpty && columns.outputs.isEmpty else {
        throw ToolError(.usage, "\(path): --inputs and --outputs name the columns of a CSV file")
      }
      try self.init(tensors: path, inputSize: inputSize, outputSize: outputSize)
    } else {
      try self.init(csv: path, inputSize: inputSize, outputSize: outputSize, columns: columns)
    }
    guard steps > 0 else { throw ToolError(.data, "\(path): holds no samples") }
  }

  private init(tensors path: String, inputSize: Int, outputSize: Int) throws {
    let file = try SafetensorsFile(path: path)
    let read = { (name: String, width: Int) in
      guard let tensor = file.tensors.first(where: { $0.name == name }) else {
        let names = file.tensors.map { "'\($0.name)'" }.joined(separator: ", ")
        throw ToolError(
          .data,
          "\(path): found \(names.isEmpty ? "no tensors" : "tensors \(names)"), expected '\(name)'")
      }
      return try tensor.rows(of: width, in: path)
    }
    let inputs = try read("input", inputSize)
    let outputs = outputSize > 0 ? try read("output", outputSize) : []
    steps = inputs.count / inputSize
    guard outputSize == 0 || outputs.count == steps * outputSize else {
      throw ToolError(
        .data,
        "\(path): found \(steps) steps of 'input' and \(outputs.count / outputSize) of 'output', "
          + "expected the same number")
    }
    self.inputs = inputs.map { Float($0) }
    self.outputs = outputs
  }

  private init(csv path: String, inputSize: Int, outputSize: Int, columns: Columns) throws {
    let width = inputSize + outputSize
    let values = try SampleFile.columns(of: path) { layout in
      try columns.names(in: layout, inputSize: inputSize, outputSize: outputSize, path)
    }
    steps = values.count / width
    inputs = (0..<steps).flatMap { values[$0 * width..<$0 * width + inputSize] }
    outputs = (0..<steps).flatMap { step in
      values[step * width + inputSize..<(step + 1) * width].map { Double($0) }
    }
  }
}

extension Recording.Columns {
  /// The columns to read, inputs first: those that are named, or else all, without the time if it is
  /// one too many.
  fileprivate func names(
    in layout: ColumnLayout, inputSize: Int, outputSize: Int, _ path: String
  ) throws -> [String] {
    if inputs.isEmpty && outputs.isEmpty {
      var all = Array(0..<layout.fieldCount)
      if all.count == inputSize + outputSize + 1, let time = layout.time { all.remove(at: time) }
      guard all.count == inputSize + outputSize else {
        throw ToolError(
          .data,
          "\(path): found \(layout.fieldCount) columns, expected \(inputSize) inputs"
            + (outputSize > 0 ? " and \(outputSize) outputs" : "")
            + "; --inputs\(outputSize > 0 ? " and --outputs name" : " names") those to take")
      }
      return all.map(layout.name)
    }
    for (kind, names, count) in [("inputs", inputs, inputSize), ("outputs", outputs, outputSize)]
    where names.count != count {
      throw ToolError(
        .usage, "--\(kind): found \(names.count) names, expected \(count)")
    }
    let known = (0..<layout.fieldCount).map(layout.name)
    for name in inputs + outputs where !known.contains(where: { $0 == name }) {
      let all = known.map(Text.printable).joined(separator: ", ")
      throw ToolError(
        .data,
        "\(path): found columns \(all), expected '\(Text.printable(name))'")
    }
    return inputs + outputs
  }
}

extension Tensor {
  /// The values of [T, width], or of a batch of one such sequence.
  fileprivate func rows(of width: Int, in path: String) throws -> [Double] {
    var sizes = shape
    // The batch is the first or the second size, as batch_first says.
    if sizes.count == 3, let one = sizes[..<2].firstIndex(of: 1) { sizes.remove(at: one) }
    guard sizes.count == 2, sizes[1] == width else {
      throw ToolError(
        .data, "\(path): tensor '\(name)': found the shape \(shape), expected [steps, \(width)]")
    }
    switch type {
    case "F32": return bits(UInt32.self).map { Double(Float(bitPattern: $0)) }
    case "F64": return bits(UInt64.self).map { Double(bitPattern: $0) }
    default:
      throw ToolError(.data, "\(path): tensor '\(name)': found \(type), expected F32 or F64")
    }
  }
}
