// SPDX-License-Identifier: MIT

/// The constants of (x - mean) factor + shift in a model's block, each a vector padded to a multiple
/// of 8.
public struct ScaleRecord {
  public var size: Int
  public var mean: Int
  /// The factor is `factor` + `rest`.
  public var factor: Int
  public var rest: Int
  public var shift: Int

  public init(size: Int, mean: Int, factor: Int, rest: Int, shift: Int) {
    self.size = size
    self.mean = mean
    self.factor = factor
    self.rest = rest
    self.shift = shift
  }
}
