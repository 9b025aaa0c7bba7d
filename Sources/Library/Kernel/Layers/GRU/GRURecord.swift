// SPDX-License-Identifier: MIT

/// One layer of an `nn.GRU` in a model's block: its sizes, where its weights are, and where a
/// stream has its h.
public struct GRURecord: RecurrentRecord {
  public var inputSize: Int
  public var hiddenSize: Int
  /// weight_ih, then weight_hh, as `Panels` of gates r, z, n. Of integers, the columns of each are
  /// padded.
  public var weights: Int
  /// Four for each unit: `b_ih + b_hh` of r and of z, then `b_ih` of n and `b_hh` of n. As `Panels`
  /// of one column.
  public var bias: Int
  /// In the stream: the two h, which steps use in turn.
  public var hidden: Place
  public var quantized: QuantizedRecord

  @inlinable public var outputSize: Int { @inline(__always) get { hiddenSize } }

  public init(
    inputSize: Int, hiddenSize: Int, weights: Int, bias: Int, hidden: Place,
    quantized: QuantizedRecord
  ) {
    self.inputSize = inputSize
    self.hiddenSize = hiddenSize
    self.weights = weights
    self.bias = bias
    self.hidden = hidden
    self.quantized = quantized
  }
}
