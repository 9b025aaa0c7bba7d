// SPDX-License-Identifier: MIT

import ArgumentParser

/// Options of `leat run` that need each other, or exclude each other.
extension Run {
  func validate() throws {
    if store == nil {
      try refuse(
        ("--stream", stream != nil), ("--every", every != nil), ("--input-is", inputIs != nil),
        ("--restart", restart), because: "needs a --store.")
    } else if stream == nil {
      throw ValidationError("--store needs a --stream: the stream's name in it.")
    }
    if let rate, !(rate > 0 && rate <= 1e6) {
      throw ValidationError("--rate: found \(rate), expected more than 0 and at most 1000000.")
    }
    if plot == nil {
      try refuse(("--score", score != nil), ("--draw", draw != nil), because: "needs a --plot.")
    }
    if let every, every == 0 { throw ValidationError("--every: found 0, expected at least 1.") }
    if (format ?? .init(path: input)) == .f32 {
      try refuse(
        ("--columns", columns != nil), ("--time", time != nil), ("--keep", keep != nil),
        ("--header", header != nil), because: "is for text: raw float32 has no columns.")
      try refuse(
        ("--skip-before", dialect.skipBefore > 0), ("--skip-after", dialect.skipAfter > 0),
        ("--time-format", dialect.timeFormat != .iso), ("--gap", rowTimes.gap != nil),
        ("--on-repeat", rowTimes.onRepeat != nil),
        because: "is for text: raw float32 has no lines and no times.")
    }
    try validateRows()
    if follow && input == "-" {
      throw ValidationError("--follow is for a file: standard input is waited for in any case.")
    }
  }

  private func validateRows() throws {
    if rowTimes.gap == nil {
      try refuse(("--on-gap", rowTimes.onGap != nil), because: "needs a --gap.")
    }
    if rowTimes.onGap == .mark && (bare || usedOutputFormat == .f32) {
      throw ValidationError(
        "--on-gap mark adds a column: expected an output of text, without --bare.")
    }
    if header == false {
      try refuse(
        ("--skip-after", dialect.skipAfter > 0),
        because: "is for lines after a header, which --no-header says isn't there.")
    }
  }

  var usedOutputFormat: RunOptions.Format {
    outputFormat ?? output.map { .init(path: $0) } ?? .csv
  }

  /// Refuses the first option that was given.
  private func refuse(_ options: (name: String, isGiven: Bool)..., because reason: String) throws {
    if let option = options.first(where: \.isGiven) {
      throw ValidationError("\(option.name) \(reason)")
    }
  }
}
