// SPDX-License-Identifier: MIT

import Leat
import LeatSamples

/// The columns of a run's input and output.
struct RunLayout {
  private let options: RunOptions
  /// nil of raw samples.
  let columns: ColumnLayout?
  let inputNames: [String]
  let outputNames: [String]

  init(_ options: RunOptions, columns: ColumnLayout?, model: Model) throws {
    (self.options, self.columns) = (options, columns)
    inputNames =
      columns.map { columns in columns.inputs.map(columns.name) }
      ?? (0..<model.inputSize).map { "in\($0)" }
    outputNames = options.outputNames ?? (0..<model.outputSize).map { "out\($0)" }
    guard outputNames.count == model.outputSize else {
      throw ToolError(
        .usage, "--output-names: found \(outputNames.count) names, expected \(model.outputSize)")
    }
  }

  var separatorText: String { String(UnicodeScalar(options.dialect.separator)) }
  var timeName: String? {
    columns.flatMap { columns in
      columns.time == nil ? nil : columns.times.map(columns.name).joined(separator: " ")
    }
  }
  var textCount: Int { columns?.texts.count ?? 0 }

  var front: CSVWriter.Front {
    options.isBare ? .nothing : textCount == 0 ? .number : .texts
  }

  var marksGaps: Bool { options.gaps?.action == .mark }

  var hasOutputHeader: Bool { options.outputFormat == .csv && !options.isBare }

  /// Whether rows are written to a terminal, which would obey control characters in them.
  var isForTerminal: Bool { options.output == nil && Terminal.outputIsTerminal }

  /// The output's first line.
  var outputHeader: String {
    var names: [String]
    if let columns, front == .texts {
      names = columns.texts.map { column in
        if columns.hasHeader { return columns.names[column] }
        guard let place = columns.times.firstIndex(of: column) else { return "column\(column + 1)" }
        return place == 0 && columns.timeOfDay != nil ? "date" : "time"
      }
    } else {
      names = ["sample"]
    }
    names += outputNames
    if marksGaps { names.append("gap") }
    if isForTerminal { names = names.map(Text.printable) }
    return names.map(quoted).joined(separator: separatorText) + "\n"
  }

  private func quoted(_ name: String) -> String {
    let separator = options.dialect.separator
    let special = name.utf8.contains { $0 == separator || "\"\r\n".utf8.contains($0) }
    // Between blanks, nothing is no field.
    guard special || (name.isEmpty && separator == UInt8(ascii: " ")) else { return name }
    return "\""
      + name.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }

  /// What must be the same when a run resumes. Checkpoints have this text.
  var summary: String {
    var parts = ["input \(options.inputFormat.rawValue)"]
    if let columns {
      func list(_ columns: [Int]) -> String { columns.map { "\($0 + 1)" }.joined(separator: ",") }
      parts += options.dialect.summary
      parts.append("columns \(list(columns.inputs))")
      if columns.time != nil { parts.append("time \(list(columns.times))") }
      if !columns.keys.isEmpty { parts.append("by \(list(columns.keys))") }
      if !columns.carried.isEmpty { parts.append("keep \(list(columns.carried))") }
    } else if options.outputFormat == .csv {
      parts += options.dialect.outputSummary
    }
    parts.append("output \(options.outputFormat.rawValue)\(options.isBare ? ", bare" : "")")
    if marksGaps { parts.append("gaps marked") }
    return parts.joined(separator: "; ")
  }
}
