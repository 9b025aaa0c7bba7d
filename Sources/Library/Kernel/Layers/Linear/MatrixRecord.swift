// SPDX-License-Identifier: MIT

import LeatSupport

/// A matrix by rows, each padded with zeros to a multiple of 8: an `nn.Linear`, or the projection
/// of an LSTM layer.
public struct MatrixRecord {
  public var rows: Int
  public var columns: Int
  public var type: WeightType
  private var padding: (UInt8, UInt16, UInt32) = (0, 0, 0)
  public var weights: Int
  /// A float for each row, if the weights are integers; else 0.
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

  /// Columns of a row in memory.
  @inlinable @inline(__always)
  public static func padded(_ columns: Int) -> Int { columns.roundedUp(toMultipleOf: 8) }
}
