// SPDX-License-Identifier: MIT

import ArgumentParser

/// Options of `leat run` that need each other, or exclude each other.
extension Run {
  func validate() throws {
    if store == nil {
      try refuse(
        ("--stream", stream != nil), ("--every", every != nil), ("--input-is", inputIs != nil),
        ("--restart", restart), because: "needs a --store.")
    } else if stream == nil && !streamFromName {
      throw ValidationError("--store needs a --stream: the stream's name in it.")
    }
    if let rate, !(rate > 0 && rate <= 1e6) {
      throw ValidationError("--rate: found \(rate), expected more than 0 and at most 1000000.")
    }
    if plot == nil {
      try refuse(("--score", score != nil), ("--draw", draw != nil), because: "needs a --plot.")
    }
    if let every, every == 0 { throw ValidationError("--every: found 0, expected at least 1.") }
    if (format ?? .init(path: inputs.first ?? "-")) == .f32 {
      try refuse(
        ("--columns", columns != nil), ("--time", time != nil), ("--keep", keep != nil),
        ("--by", by != nil), ("--header", header != nil),
        because: "is for text: raw float32 has no columns.")
      try refuse(
        ("--skip-before", dialect.skipBefore > 0), ("--skip-after", dialect.skipAfter > 0),
        ("--time-format", dialect.timeFormat != .iso), ("--gap", rowTimes.gap != nil),
        ("--on-repeat", rowTimes.onRepeat != nil),
        because: "is for text: raw float32 has no lines and no times.")
    }
    try validateRows()
    try validateKeys()
    try validateInputs()
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

  private func validateKeys() throws {
    guard by != nil else {
      return try refuse(("--max-streams", maxStreams != nil), because: "needs a --by.")
    }
    try refuse(
      ("--state", state != nil), ("--save-state", saveState != nil),
      because: "has the state of one stream: with --by, a --store keeps that of each.")
    try refuse(
      ("--plot", plot != nil),
      because: "draws one stream: run the rows of one value of --by by themselves.")
    if let maxStreams, !(1...StreamLimit.highest).contains(maxStreams) {
      throw ValidationError(
        "--max-streams: found \(maxStreams), expected 1 to \(StreamLimit.highest).")
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
