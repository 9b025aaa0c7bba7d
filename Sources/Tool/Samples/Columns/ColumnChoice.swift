// SPDX-License-Identifier: MIT

/// Which columns the user wants: by name, or by number from 1 where there is no header line.
public struct ColumnChoice: Sendable {
  /// The model's inputs; nil for all columns that have no other role.
  public var inputs: [String]?
  /// The column of times, or two columns of dates and times of day.
  public var time: TimeName?
  /// Further columns that are copied to the output.
  public var carried: [String]
  /// The columns that say which stream a row belongs to; empty when all belong to one.
  public var keys: [String]
  /// Whether the first line is a header; nil to decide by its fields.
  public var hasHeader: Bool?
  public var labels: Labels

  /// Columns of times as the user wrote them. A header may have a column whose name is all of the
  /// text, as in `Date, GMT`.
  public struct TimeName: Sendable {
    let text: String
    /// The names in the text.
    let names: [String]

    public init(_ text: String, names: [String] = []) { (self.text, self.names) = (text, names) }
  }

  /// What messages call each choice: the names that the caller's user knows.
  public struct Labels: Sendable {
    let inputs, time, carried, keys, header, timeFormat: String
    let separator, decimal, linesBefore, linesAfter: String

    public init(
      inputs: String = "inputs", time: String = "time", carried: String = "carried",
      keys: String = "keys", header: String = "so", timeFormat: String = "the format",
      separator: String = "the separator", decimal: String = "the decimal sign",
      linesBefore: String = "the place before a header",
      linesAfter: String = "the place after a header"
    ) {
      (self.inputs, self.time, self.carried, self.keys) = (inputs, time, carried, keys)
      (self.header, self.timeFormat) = (header, timeFormat)
      (self.separator, self.decimal) = (separator, decimal)
      (self.linesBefore, self.linesAfter) = (linesBefore, linesAfter)
    }
  }

  public init(
    inputs: [String]? = nil, time: TimeName? = nil, carried: [String] = [], keys: [String] = [],
    hasHeader: Bool? = nil, labels: Labels = Labels()
  ) {
    (self.inputs, self.time, self.carried, self.keys) = (inputs, time, carried, keys)
    (self.hasHeader, self.labels) = (hasHeader, labels)
  }
}
