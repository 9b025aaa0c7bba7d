// SPDX-License-Identifier: MIT

/// One LSTM layer in a model's block: its sizes, where its weights are, and where a stream has its
/// state and what it needs during a step.
public struct LSTMRecord {
  public var inputSize: Int
  public var hiddenSize: Int
  public var outputSize: Int
  public var type: WeightType
  private var filler: (UInt8, UInt16, UInt32) = (0, 0, 0)
  /// weight_ih, then weight_hh, as `Panels` of gates i, f, g, o. Of integers, the columns of each are
  /// filled up by itself.
  public var weights: Int
  /// `b_ih + b_hh`, as `Panels` of one column.
  public var bias: Int
  /// The `MatrixRecord` of `weight_hr`; 0 without a projection.
  public var projection: Int
  /// In the stream: c, the two h that steps alternate between, and h before its projection.
  public var cell: Int
  public var hidden: Place
  public var unprojected: Int
  public var quantized: Quantized

  /// What integer weights need besides.
  public struct Quantized {
    /// Of the rows of weight_ih, then of weight_hh, as `Panels` of two columns.
    public var scales: Int
    /// The largest integers that inputs and h are rounded to, so that no sum overflows.
    public var largestInput: Float
    public var largestHidden: Float
    /// In the stream: `QuantizedVector`s of the input and of h.
    public var input: Int
    public var hidden: Int

    public init() {
      scales = 0
      largestInput = 0
      largestHidden = 0
      input = 0
      hidden = 0
    }

    public init(scales: Int, inputSize: Int, outputSize: Int, input: Int, hidden: Int) {
      self.scales = scales
      largestInput = Quantized.largest(inputSize)
      largestHidden = Quantized.largest(outputSize)
      self.input = input
      self.hidden = hidden
    }

    /// The most columns that leave inputs 7 bits and their sign.
    public static var maximumColumns: Int { 1 << 17 }

    /// Floats of a stream's block for a `QuantizedVector` of `count` values.
    public static func vectorSize(_ count: Int) -> Int { 2 &+ (count &+ 3) / 4 &* 2 }

    private static func largest(_ columns: Int) -> Float {
      Float(min(Int(Int16.max), Int(Int32.max) / (128 &* columns)))
    }
  }

  public init(
    inputSize: Int, hiddenSize: Int, outputSize: Int, type: WeightType, weights: Int, bias: Int,
    projection: Int, cell: Int, hidden: Place, unprojected: Int, quantized: Quantized
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
