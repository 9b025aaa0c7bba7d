// SPDX-License-Identifier: MIT

import LeatSamples

/// How a run's input and output are laid out.
struct RunLayout {
  private let command: Run
  private let separator: UInt8
  /// nil of raw samples.
  let columns: ColumnLayout?
  let inputNames: [String]
  let outputNames: [String]

  init(_ command: Run, columns: ColumnLayout?, model: Model) throws {
    (self.command, self.columns) = (command, columns)
    separator = try command.separatorByte()
    inputNames =
      columns.map { columns in columns.inputs.map(columns.name) }
      ?? (0..<model.inputSize).map { "in\($0)" }
    outputNames =
      command.outputNames?.names ?? (0..<model.outputSize).map { "out\($0)" }
    guard outputNames.count == model.outputSize else {
      throw ToolError(
        .usage, "--output-names: found \(outputNames.count) names, expected \(model.outputSize)")
    }
  }

  /// What is between fields.
  var glue: String { String(UnicodeScalar(separator)) }
  var timeName: String? { columns.flatMap { columns in columns.time.map(columns.name) } }
  var textCount: Int { columns?.texts.count ?? 0 }

  var front: RowWriter.Front {
    command.bare ? .nothing : textCount == 0 ? .number : .texts
  }

  var hasOutputHeader: Bool { command.writtenFormat == .csv && !command.bare }

  /// Whether rows go to a terminal, which obeys what is in them.
  var isForTerminal: Bool { command.output == nil && Terminal.outputIsTerminal }

  /// The output's first line.
  var outputHeader: String {
    var names: [String]
    if let columns, front == .texts {
      names = columns.texts.map { column in
        columns.hasHeader
          ? columns.names[column] : column == columns.time ? "time" : "column\(column + 1)"
      }
    } else {
      names = ["sample"]
    }
    names += outputNames
    if isForTerminal { names = names.map(Text.printable) }
    return names.map(quoted).joined(separator: glue) + "\n"
  }

  private func quoted(_ name: String) -> String {
    let special = name.utf8.contains { $0 == separator || "\"\r\n".utf8.contains($0) }
    guard special else { return name }
    return "\""
      + name.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }

  /// What must be the same when a run goes on.
  var summary: String {
    var parts = ["input \(command.inputFormat.rawValue)"]
    if let columns {
      func list(_ columns: [Int]) -> String { columns.map { "\($0 + 1)" }.joined(separator: ",") }
      parts.append("separator '\(UnicodeScalar(separator))'")
      parts.append("columns \(list(columns.inputs))")
      if let time = columns.time { parts.append("time \(time + 1)") }
      if !columns.carried.isEmpty { parts.append("keep \(list(columns.carried))") }
    }
    parts.append("output \(command.writtenFormat.rawValue)\(command.bare ? ", bare" : "")")
    return parts.joined(separator: "; ")
  }
}
