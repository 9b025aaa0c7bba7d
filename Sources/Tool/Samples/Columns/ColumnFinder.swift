// SPDX-License-Identifier: MIT

/// Finds columns by a header's names, or by numbers from 1. A name comes first where a header has a
/// number as a name.
struct ColumnFinder {
  private let fields: [String]
  private let hasHeader: Bool
  /// The label of the choice that makes the first line a header; nil when that choice was made.
  private let headerLabel: String?
  private let times: TimeFormat
  private let separatorHint: String

  init(
    fields: [String], hasHeader: Bool, headerLabel: String?, separatorLabel: String,
    times: TimeFormat
  ) {
    (self.fields, self.hasHeader, self.headerLabel) = (fields, hasHeader, headerLabel)
    self.times = times
    separatorHint = HeaderLine.separatorHint(fields, separatorLabel)
  }

  /// - Parameter label: what a message calls the choice of these columns
  func columns(_ names: [String], for label: String) throws(SampleError) -> [Int] {
    var found: [Int] = []
    for name in names {
      let column = try column(name, for: label)
      guard !found.contains(column) else {
        throw SampleError("\(label): names column '\(name)' twice")
      }
      found.append(column)
    }
    return found
  }

  func column(_ name: String, for label: String) throws(SampleError) -> Int {
    if hasHeader, let column = fields.firstIndex(of: name) {
      if fields.lastIndex(of: name) == column { return column }
      throw SampleError(
        "\(label): the header names two columns '\(name)'; their numbers tell them apart")
    }
    if let number = Int(name), number >= 1, number <= fields.count { return number - 1 }
    if hasHeader {
      throw SampleError(
        "\(label): no column '\(name)'; there are \(HeaderLine.list(fields))\(separatorHint)")
    }
    throw SampleError(
      "\(label): no column '\(name)'; without a header line they are numbered, 1 to "
        + "\(fields.count)"
        + (headerLabel.map { "; if the first line is a header, say \($0)" } ?? "")
        + separatorHint)
  }

  /// One column of times, or a column of dates and one of times of day.
  func columns(
    _ time: ColumnChoice.TimeName, for label: String
  ) throws(SampleError) -> [Int] {
    if time.names.isEmpty || (hasHeader && fields.contains(time.text)) {
      return [try column(time.text, for: label)]
    }
    guard time.names.count <= 2 else {
      throw SampleError(
        "\(label): found \(time.names.count) names, expected a column of times, or one of dates "
          + "and one of times of day")
    }
    return try columns(time.names, for: label)
  }

  /// The columns that pandas writes for a table's index: the first has no name in the header, or
  /// the name that pandas gives it when it reads such a file.
  var indexColumns: [Int] {
    guard hasHeader else { return [] }
    let isNumbered = { (name: String) in name == "Unnamed: 0" || name.hasPrefix("Unnamed: 0.") }
    return Array(
      fields.indices.prefix { isNumbered(fields[$0]) || ($0 == 0 && fields[$0].isEmpty) })
  }

  /// The only column whose name means time; without a header the first column, if its first field
  /// is a date and a time.
  var obviousTime: Int? {
    if hasHeader {
      let times = fields.indices.filter { column in
        ["time", "_time", "time_s", "timestamp", "datetime", "date", "ts"].contains(
          fields[column].lowercased())
      }
      return times.count == 1 ? times[0] : nil
    }
    guard let first = fields.first, Double(first) == nil, HeaderLine.isTime(first, as: times) else {
      return nil
    }
    return 0
  }
}
