// SPDX-License-Identifier: MIT

/// One LSTM layer in a model's block: its sizes, where its weights are, and where a stream has its
/// state and what it needs during a step.
public struct LSTMRecord: RecurrentRecord {
  public var inputSize: Int
  public var hiddenSize: Int
  public var outputSize: Int
  public var type: WeightType
  private var padding: (UInt8, UInt16, UInt32) = (0, 0, 0)
  /// weight_ih, then weight_hh, as `Panels` of gates i, f, g, o. Of integers, the columns of each
  /// are padded.
  public var weights: Int
  /// `b_ih + b_hh`, as `Panels` of one column.
  public var bias: Int
  /// The `MatrixRecord` of `weight_hr`; 0 without a projection.
  public var projection: Int
  /// In the stream: c, the two h, which steps use in turn, and h before its projection.
  public var cell: Int
  public var hidden: Place
  public var unprojected: Int
  public var quantized: QuantizedRecord

  public init(
    inputSize: Int, hiddenSize: Int, outputSize: Int, type: WeightType, weights: Int, bias: Int,
    projection: Int, cell: Int, hidden: Place, unprojected: Int, quantized: QuantizedRecord
  ) {
    self.inputSize = inputSize
    self.hiddenSize = hiddenSize
    self.outputSize = outputSize
    self.type = type
    self.weights = weights
    self.bias = bias
    self.projection = projection
    self.cell = cell
    self.hidden = hidden
    self.unprojected = unprojected
    self.quantized = quantized
  }
}
