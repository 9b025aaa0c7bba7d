// SPDX-License-Identifier: MIT

/// The kinds of layers, with the numbers of Documentation/Formats.md. Each has a folder in Layers/,
/// here and in the core.
public enum LayerKind: UInt8, BitwiseCopyable {
  case lstm = 1
  case linear = 2
  case activation = 3
  case rnn = 4
  case gru = 5
  case sum = 6
  case scale = 7
}

/// With the numbers of leat.h.
public enum Activation: UInt8, BitwiseCopyable {
  case none
  case relu
  case sigmoid
  case tanh
  case softmax
  case leakyRelu
  case elu
  case gelu
  case geluTanh
  case silu
  case softplus
  case softsign
  case hardSigmoid
  case hardtanh
  case hardswish
  case prelu
  case logSoftmax
}

/// An activation, and where its numbers are in the model's block; 0 when it has none.
public struct ActivationRecord {
  public var activation: Activation
  private var padding: (UInt8, UInt16, UInt32) = (0, 0, 0)
  public var parameters: Int

  public init(_ activation: Activation, parameters: Int) {
    self.activation = activation
    self.parameters = parameters
  }
}

/// Where a stream's block holds a vector: at `even` when its parity is 0, else at `odd`. Only the h
/// of a recurrent layer alternates.
public struct Place: BitwiseCopyable {
  public var even: Int
  public var odd: Int

  @inlinable
  public init(_ offset: Int) { self.init(even: offset, odd: offset) }

  @inlinable
  public init(even: Int, odd: Int) {
    self.even = even
    self.odd = odd
  }
}

/// One layer of the list: its kind, its weights, its kernel, what it reads and where it writes.
public struct LayerRecord {
  public var kind: LayerKind
  /// The types of its weights and of its projection: `WeightType.number`, or 0 without any.
  public var weights: UInt8
  public var projection: UInt8
  /// Whether a later layer reads its output.
  public var isRead: Bool
  /// Whether its kind's record is a `GeneralRecord`.
  public var hasOtherCell: Bool
  private var padding: (UInt8, UInt16) = (0, 0)
  /// Where in `leat_kernels` the kernel of its kind and weights is.
  public var kernel: Int
  /// The record of its kind in the model's block; 0 when it has none.
  public var record: Int
  /// The activation at its end.
  public var activation: ActivationRecord
  /// Its `SourceRecord`s in the model's block.
  public var sources: Int
  public var sourceCount: Int
  public var output: Place
  public var outputSize: Int

  public init(
    kind: LayerKind, activation: ActivationRecord, weights: UInt8, projection: UInt8, isRead: Bool,
    hasOtherCell: Bool,
    kernel: Int, record: Int, sources: Int, sourceCount: Int, output: Place,
    outputSize: Int
  ) {
    self.kind = kind
    self.activation = activation
    self.weights = weights
    self.projection = projection
    self.isRead = isRead
    self.hasOtherCell = hasOtherCell
    self.kernel = kernel
    self.record = record
    self.sources = sources
    self.sourceCount = sourceCount
    self.output = output
    self.outputSize = outputSize
  }
}

/// What a layer reads: the first `size` elements of a value. Value 0 is the sample, value 1 the
/// output of the first layer.
public struct SourceRecord {
  public var place: Place
  public var value: Int
  public var size: Int

  public init(place: Place, value: Int, size: Int) {
    self.place = place
    self.value = value
    self.size = size
  }
}

/// What a stream keeps of one recurrent layer from step to step.
public struct StateRecord {
  /// The index of its layer in the list.
  public var layer: Int
  /// PyTorch's hidden_size.
  public var units: Int
  /// Floats in h: the units, or fewer with a projection.
  public var hiddenSize: Int
  /// Floats in c: the units; 0 when the layer has no c.
  public var cellSize: Int
  /// In the stream: the two h, which steps use in turn, the current one first; and c.
  public var hidden: Place
  public var cell: Int
  /// h0, then c0, in the model's block; 0 when they are zero.
  public var initial: Int
  /// The largest magnitude of h that can't make a sum overflow.
  public var hiddenLimit: Float
  /// The least h: 0 if the limit counts on none below it, or -`hiddenLimit`.
  public var hiddenLeast: Float
  /// The largest magnitude that c may have from outside.
  public var cellLimit: Float

  public init(
    layer: Int, units: Int, hiddenSize: Int, cellSize: Int, hidden: Place, cell: Int, initial: Int,
    hiddenLimit: Float, hiddenLeast: Float, cellLimit: Float
  ) {
    self.layer = layer
    self.units = units
    self.hiddenSize = hiddenSize
    self.cellSize = cellSize
    self.hidden = hidden
    self.cell = cell
    self.initial = initial
    self.hiddenLimit = hiddenLimit
    self.hiddenLeast = hiddenLeast
    self.cellLimit = cellLimit
  }
}
