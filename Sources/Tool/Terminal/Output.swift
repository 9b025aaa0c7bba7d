// SPDX-License-Identifier: MIT

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Standard output. Lines are collected and written together, and a failed write is an error of the
/// tool: print() of the standard library ignores it.
enum Output {
  nonisolated(unsafe) private static var pending = ""

  static func print(_ line: String) throws {
    unsafe pending += line
    unsafe pending += "\n"
    if unsafe pending.utf8.count >= 1 << 16 { try finish() }
  }

  /// Prints a value as JSON for scripts, with sorted keys in snake_case.
  static func print(json value: some Encodable) throws {
    try print(encode(value, [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]))
  }

  /// The same in one line, for output of many values.
  static func print(jsonLine value: some Encodable) throws {
    try print(encode(value, [.sortedKeys, .withoutEscapingSlashes]))
  }

  private static func encode(
    _ value: some Encodable, _ formatting: JSONEncoder.OutputFormatting
  ) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = formatting
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    // The encoder doesn't escape DEL and control characters outside ASCII.
    return Text.escaped(json: String(decoding: try encoder.encode(value), as: UTF8.self))
  }

  /// Writes the lines that are pending.
  static func finish() throws {
    defer { unsafe pending = "" }
    try OpenFile.standardOutput.write(unsafe pending)
  }
}
