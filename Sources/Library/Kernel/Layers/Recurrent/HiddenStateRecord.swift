// SPDX-License-Identifier: MIT

/// One layer whose state is h alone, of an `nn.RNN` or an `nn.GRU`, in a model's block: its sizes,
/// where its weights are, and where a stream has its h.
public struct HiddenStateRecord: RecurrentRecord {
  public var inputSize: Int
  public var hiddenSize: Int
  /// weight_ih, then weight_hh, as `Panels` of the gates: one, or r, z and n. Of integers, the
  /// columns of each are padded.
  public var weights: Int
  /// As `Panels` of one column: `b_ih + b_hh` for each gate; but of n of a GRU `b_ih`, then `b_hh`.
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
