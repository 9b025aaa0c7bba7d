// SPDX-License-Identifier: MIT

/// How times are written. Day and month can't be told apart by a date, so the user says which is
/// first.
public enum TimeFormat: String, CaseIterable, Sendable {
  /// ISO 8601, also without its hyphens and colons, or Unix time.
  case iso
  /// Day, month, year.
  case dmy
  /// Month, day, year.
  case mdy
  /// Year, month, day, also as a number: 20240131 is no Unix time.
  case ymd

  /// What a time must look like, for messages.
  var expectation: String {
    let rest = "[ HH:MM[:SS[.fff]][Z|+hh:mm]]"
    return self == .iso ? "Unix time or \(date)\(rest)" : date + rest
  }

  /// What a date must look like.
  var date: String {
    switch self {
    case .iso, .ymd: "YYYY-MM-DD"
    case .dmy: "DD/MM/YYYY"
    case .mdy: "MM/DD/YYYY"
    }
  }

  /// What a time of day must look like.
  static let timeOfDay = "HH:MM[:SS[.fff]][Z|+hh:mm]"
}
