// SPDX-License-Identifier: MIT

import ArgumentParser

/// The inputs of `leat run`, and their names.
extension Run {
  func validateInputs() throws {
    if follow && (inputs.first ?? "-") == "-" {
      throw ValidationError("--follow is for a file: standard input is waited for in any case.")
    }
    if inputs.count > 1 { try validateSeveral() }
    if streamFromName { try validateNames() }
  }

  private func validateSeveral() throws {
    if inputs.contains("-") {
      throw ValidationError("INPUT: found - among \(inputs.count), expected files.")
    }
    if follow {
      throw ValidationError("--follow is for one file, found \(inputs.count).")
    }
    let formats = Set(inputs.map(RunOptions.Format.init))
    if format == nil && formats.count > 1 {
      throw ValidationError("INPUT: found files of both formats; --format says which they have.")
    }
    let files = inputs.map { FileIdentity($0) }
    for (index, file) in files.enumerated() where files[..<index].contains(file) {
      throw ValidationError("INPUT: found \(inputs[index]) twice.")
    }
  }

  private func validateNames() throws {
    for (name, isGiven) in [
      ("--stream", stream != nil), ("--state", state != nil), ("--save-state", saveState != nil),
      ("--plot", plot != nil),
    ] where isGiven {
      throw ValidationError("\(name) is for one stream, not for those of --stream-from-name.")
    }
    let names = inputs.map { NamedInput($0).stream }
    if inputs.isEmpty || inputs.contains("-") {
      throw ValidationError("--stream-from-name: standard input has no name, expected files.")
    }
    for (index, name) in names.enumerated() where names[..<index].contains(name) {
      throw ValidationError(
        "--stream-from-name: found the name '\(name)' twice, of \(inputs[index]), too.")
    }
    if let output, FileStatus(of: output)?.kind != .folder {
      throw ValidationError(
        "--output: found \(output), expected a folder, with a file for each stream of "
          + "--stream-from-name.")
    }
  }
}

/// A file whose name is that of its stream.
struct NamedInput {
  /// The file's name without its folder and its extension.
  let stream: String

  init(_ path: String) {
    let name = FileIdentity.parts(of: path).name
    // A name may begin with a point.
    let end = name.dropFirst().lastIndex(of: ".") ?? name.endIndex
    stream = String(name[..<end])
  }

  /// The file for the stream's rows; nil without a folder.
  func output(in folder: String?, _ format: RunOptions.Format) -> String? {
    folder.map { "\($0)/\(stream).\(format.rawValue)" }
  }
}
