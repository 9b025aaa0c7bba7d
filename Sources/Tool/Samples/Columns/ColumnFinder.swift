// SPDX-License-Identifier: MIT

/// Finds columns by what the user calls them: a name, or a number from 1 that is no name.
struct ColumnFinder {
  private let fields: [String]
  private let hasHeader: Bool
  /// Whether the user said so.
  private let isTold: Bool

  init(fields: [String], hasHeader: Bool, isTold: Bool) {
    (self.fields, self.hasHeader, self.isTold) = (fields, hasHeader, isTold)
  }

  func name(_ column: Int) -> String { hasHeader ? fields[column] : "\(column + 1)" }

  func columns(_ names: [String], for option: String) throws(SampleError) -> [Int] {
    var found: [Int] = []
    for name in names {
      let column = try column(name, for: option)
      guard !found.contains(column) else {
        throw SampleError("\(option): names column '\(name)' twice")
      }
      found.append(column)
    }
    return found
  }

  func column(_ name: String, for option: String) throws(SampleError) -> Int {
    if hasHeader {
      if let column = fields.firstIndex(of: name) {
        if fields.lastIndex(of: name) == column { return column }
        throw SampleError(
          "\(option): the header names two columns '\(name)'; their numbers tell them apart")
      }
    }
    if let number = Int(name), number >= 1, number <= fields.count { return number - 1 }
    if hasHeader {
      throw SampleError("\(option): no column '\(name)'; there are \(HeaderLine.list(fields))")
    }
    throw SampleError(
      "\(option): no column '\(name)'; without a header line they are numbered, 1 to "
        + "\(fields.count)" + (isTold ? "" : "; if the first line is a header, say --header"))
  }

  /// The only column that is called as times are, or without names the first, if there are a date
  /// and a time in it.
  var obviousTime: Int? {
    if hasHeader {
      let times = fields.indices.filter { column in
        ["time", "time_s", "timestamp", "datetime", "date", "ts"].contains(
          fields[column].lowercased())
      }
      return times.count == 1 ? times[0] : nil
    }
    guard let first = fields.first, Double(first) == nil, ColumnLayout.isTime(first) else {
      return nil
    }
    return 0
  }
}
