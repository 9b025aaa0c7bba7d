// SPDX-License-Identifier: MIT

/// A matrix by rows, each filled up with zeros to a multiple of 8: an `nn.Linear`, or the projection
/// of an LSTM layer.
public struct MatrixRecord {
  public var rows: Int
  public var columns: Int
  public var type: WeightType
  private var filler: (UInt8, UInt16, UInt32) = (0, 0, 0)
  public var weights: Int
  /// One of each row, of integers; else 0.
  public var scales: Int
  /// 0 without a bias.
  public var bias: Int

  public init(
    rows: Int, columns: Int, type: WeightType, weights: Int, scales: Int, bias: Int
  ) {
    self.rows = rows
    self.columns = columns
    self.type = type
    self.weights = weights
    self.scales = scales
    self.bias = bias
  }

  /// Columns as they are filled up.
  @inlinable @inline(__always)
  public static func filled(_ columns: Int) -> Int { (columns &+ 7) & ~7 }
}
