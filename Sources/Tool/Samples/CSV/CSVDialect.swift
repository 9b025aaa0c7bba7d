// SPDX-License-Identifier: MIT

/// How a CSV file is written.
public struct CSVDialect: Equatable, Sendable {
  /// The byte between fields. If it is a blank, several blanks are one separator, and those at a
  /// line's beginning and end are none.
  public let separator: UInt8
  /// The decimal sign.
  public let decimal: UInt8
  public let times: TimeFormat
  /// Lines of any kind that are left out before the header or the first sample, in each file.
  public let linesBefore: UInt64
  /// Lines of any kind that are left out after each header.
  public let linesAfter: UInt64

  public init(
    separator: UInt8 = UInt8(ascii: ","), decimal: UInt8 = UInt8(ascii: "."),
    times: TimeFormat = .iso, linesBefore: UInt64 = 0, linesAfter: UInt64 = 0
  ) {
    (self.separator, self.decimal, self.times) = (separator, decimal, times)
    (self.linesBefore, self.linesAfter) = (linesBefore, linesAfter)
  }

  /// What a run that reads no text must write in the same way when it resumes, for people. What
  /// isn't said is as usual.
  public var outputSummary: [String] {
    let usual = Self()
    var parts: [String] = []
    if separator != usual.separator { parts.append("separator '\(Self.text(separator))'") }
    if decimal != usual.decimal { parts.append("decimal '\(Self.text(decimal))'") }
    return parts
  }

  private static func text(_ byte: UInt8) -> String { String(UnicodeScalar(byte)) }

  /// What a run must read in the same way when it resumes, for people. What isn't said is as usual.
  public var summary: [String] {
    var parts = ["separator '\(Self.text(separator))'"]
    if decimal != UInt8(ascii: ".") { parts.append("decimal '\(Self.text(decimal))'") }
    if times != .iso { parts.append("times \(times.rawValue)") }
    if linesBefore > 0 { parts.append("\(linesBefore) lines left out before") }
    if linesAfter > 0 { parts.append("\(linesAfter) lines left out after") }
    return parts
  }
}
