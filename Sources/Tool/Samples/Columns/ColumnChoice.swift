// SPDX-License-Identifier: MIT

/// Which columns the user wants: by name, or by number from 1 where there is no header line.
public struct ColumnChoice {
  /// The model's inputs; nil for all columns that have no other role.
  public var inputs: [String]?
  public var time: String?
  /// Further columns that are copied to the output.
  public var carried: [String]
  /// Whether the first line is a header; nil to decide by its fields.
  public var hasHeader: Bool?
  public var labels: Labels

  /// What messages call each choice: the names that the caller's user knows.
  public struct Labels: Sendable {
    let inputs, time, carried, header: String

    public init(
      inputs: String = "inputs", time: String = "time", carried: String = "carried",
      header: String = "so"
    ) {
      (self.inputs, self.time, self.carried, self.header) = (inputs, time, carried, header)
    }
  }

  public init(
    inputs: [String]? = nil, time: String? = nil, carried: [String] = [], hasHeader: Bool? = nil,
    labels: Labels = Labels()
  ) {
    (self.inputs, self.time, self.carried, self.hasHeader) = (inputs, time, carried, hasHeader)
    self.labels = labels
  }
}
