// SPDX-License-Identifier: MIT

/// One recurrent layer with a cell that isn't PyTorch's default, in a model's block.
public struct GeneralRecord: RecurrentRecord {
  /// Which sums there are, and what is made of them.
  public enum Cell: UInt8 {
    case lstm
    /// A GRU whose reset gate acts after, or before, the product of weight_hh.
    case gru
    case gruResetBefore
    case rnn
  }

  public var cell: Cell
  /// f = 1 - i, in an LSTM.
  public var inputForget: Bool
  public var type: WeightType
  private var padding: UInt8 = 0
  /// Values are limited to ±clip before each activation.
  public var clip: Float
  public var recurrentActivation: ActivationRecord
  public var activation: ActivationRecord
  public var outputActivation: ActivationRecord
  public var inputSize: Int
  public var hiddenSize: Int
  /// weight_ih, then weight_hh, as `Panels`. Of integers, the columns of each are padded.
  public var weights: Int
  /// A row for each sum, as `Panels` of one column.
  public var bias: Int
  /// Rows of i, f and o, each padded to a multiple of 8; 0 without peepholes.
  public var peephole: Int
  /// In the stream: c; the two h, which steps use in turn; and the sums during a step, each row
  /// padded to a multiple of 8.
  public var cellState: Int
  public var hidden: Place
  public var sums: Int
  public var quantized: QuantizedRecord

  @inlinable public var outputSize: Int { @inline(__always) get { hiddenSize } }

  public init(
    cell: Cell, inputForget: Bool, type: WeightType, clip: Float,
    recurrentActivation: ActivationRecord, activation: ActivationRecord,
    outputActivation: ActivationRecord, inputSize: Int, hiddenSize: Int, weights: Int, bias: Int,
    peephole: Int, cellState: Int, hidden: Place, sums: Int, quantized: QuantizedRecord
  ) {
    self.cell = cell
    self.inputForget = inputForget
    self.type = type
    self.clip = clip
    self.recurrentActivation = recurrentActivation
    self.activation = activation
    self.outputActivation = outputActivation
    self.inputSize = inputSize
    self.hiddenSize = hiddenSize
    self.weights = weights
    self.bias = bias
    self.peephole = peephole
    self.cellState = cellState
    self.hidden = hidden
    self.sums = sums
    self.quantized = quantized
  }
}

extension GeneralRecord.Cell {
  @inlinable
  public var gates: Int {
    switch self {
    case .lstm: 4
    case .gru, .gruResetBefore: 3
    case .rnn: 1
    }
  }

  /// Rows of sums: the products of n's two matrices are apart if r acts between them.
  @inlinable
  public var sumRows: Int {
    switch self {
    case .lstm, .gru, .gruResetBefore: 4
    case .rnn: 1
    }
  }
}
