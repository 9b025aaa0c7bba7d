// SPDX-License-Identifier: MIT

#if canImport(FoundationEssentials)
  import FoundationEssentials
  import Glibc
#else
  import Foundation
#endif

/// Standard output. What is printed is collected, and a failure to write it is one of the tool.
enum Output {
  nonisolated(unsafe) private static var waiting = ""

  static func print(_ line: String) throws {
    unsafe waiting += line
    unsafe waiting += "\n"
    if unsafe waiting.utf8.count >= 1 << 16 { try finish() }
  }

  /// Prints a value as JSON, keys in order and in snake_case, for scripts.
  static func print(json value: some Encodable) throws {
    try print(encode(value, [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]))
  }

  /// The same in one line, for what comes one after another.
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
    // The encoder leaves DEL and what is beyond ASCII as it is.
    return Text.escaped(json: String(decoding: try encoder.encode(value), as: UTF8.self))
  }

  /// Writes what waits.
  static func finish() throws {
    defer { unsafe waiting = "" }
    try Descriptor.write(unsafe waiting, to: STDOUT_FILENO, named: "standard output")
  }
}
