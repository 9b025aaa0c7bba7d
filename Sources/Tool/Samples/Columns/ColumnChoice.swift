// SPDX-License-Identifier: MIT

/// Which columns the user wants: by name, or by number from 1 where there is no header line.
public struct ColumnChoice {
  /// What the model takes in; nil for all that are left.
  public var inputs: [String]?
  public var time: String?
  /// Further ones that are carried through to the output.
  public var carried: [String]
  /// Whether the first line holds names; nil to look at it.
  public var hasHeader: Bool?

  public init(
    inputs: [String]? = nil, time: String? = nil, carried: [String] = [], hasHeader: Bool? = nil
  ) {
    (self.inputs, self.time, self.carried, self.hasHeader) = (inputs, time, carried, hasHeader)
  }
}
