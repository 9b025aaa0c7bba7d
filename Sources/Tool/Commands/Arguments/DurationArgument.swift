// SPDX-License-Identifier: MIT

import ArgumentParser

/// A duration as an argument: 90s, 15min, 12h, 30d, 4w.
struct DurationArgument: ExpressibleByArgument {
  let milliseconds: Int64

  init?(argument: String) {
    let digits = argument.prefix { $0.isASCII && $0.isNumber }
    let units: [String: Int64] = [
      "ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000,
    ]
    guard let number = Int64(digits), number > 0,
      let unit = units[String(argument.dropFirst(digits.count))]
    else { return nil }
    let (product, overflow) = number.multipliedReportingOverflow(by: unit)
    guard !overflow else { return nil }
    milliseconds = product
  }
}
