// SPDX-License-Identifier: MIT

import ArgumentParser
import LeatSamples

/// How an input of text is written.
struct DialectArguments: ParsableArguments {
  @Option(
    help: """
      The character between fields, also in the output; tab for a tab. With a blank, several blanks \
      are one separator.
      """)
  var separator = ","

  @Option(help: "The decimal sign, also in the output: . or a comma, with another separator.")
  var decimal = "."

  @Option(help: "Lines to leave out before the header or the first sample, in each file.")
  var skipBefore: UInt32 = 0

  @Option(help: "Lines to leave out after each header, as one with the units.")
  var skipAfter: UInt32 = 0

  @Option(
    help: """
      How times are written: iso (ISO 8601 or Unix time), dmy (31/01/2024 13:05), mdy (01/31/2024 \
      13:05) or ymd (20240131 and 20240131130500 are dates, no Unix times).
      """)
  var timeFormat = TimeFormat.iso

  func validate() throws { _ = try dialect() }

  func dialect() throws -> CSVDialect {
    let separator = try separatorByte()
    guard let decimal = decimal.utf8.first, [".", ","].contains(self.decimal) else {
      throw ValidationError("--decimal: found '\(self.decimal)', expected . or ,")
    }
    guard decimal != separator else {
      throw ValidationError(
        "--decimal: found ',', which is the separator; expected another one: --separator ';'")
    }
    return CSVDialect(
      separator: separator, decimal: decimal, times: timeFormat, linesBefore: UInt64(skipBefore),
      linesAfter: UInt64(skipAfter))
  }

  private func separatorByte() throws -> UInt8 {
    let text = separator == "tab" || separator == "\\t" ? "\t" : separator
    let taken = "\"#+-.\r\neE"
    guard let byte = text.utf8.first, text.utf8.count == 1, byte < 128,
      !taken.utf8.contains(byte), !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    else {
      throw ValidationError("--separator: found '\(separator)', expected one character such as ;")
    }
    return byte
  }
}

extension TimeFormat: ExpressibleByArgument {}
