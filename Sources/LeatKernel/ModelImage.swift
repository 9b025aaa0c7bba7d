// SPDX-License-Identifier: MIT

/// What a model is in memory: one block that begins with a `ModelHeader`, then the records of its
/// layers, then their weights in the kernels' order. Offsets are in bytes from the block's start,
/// so that the block holds no address.
public struct ModelHeader {
  public var magic: UInt64
  public var kernel: KernelChoice
  /// True when `leat_model_open` allocated the block.
  public var isOwned: Bool
  // Here and below: no byte of a block is left as it was.
  private var filler: UInt16 = 0
  public var inputLimit: Float
  public var inputSize: Int
  public var outputSize: Int
  public var lstmCount: Int
  public var linearCount: Int
  /// Means, then standard deviations; 0 without a normalizer.
  public var normalizer: Int
  public var imageSize: Int
  public var streamSize: Int
  public var stateSize: Int
  public var parameters: UInt64
  public var macsPerStep: UInt64
  public var fingerprint: InlineArray<32, UInt8>
  /// Where a stream keeps what lives for one step only, from its block's start.
  public var scratch: Scratch

  public struct Scratch {
    public var normalized: Int
    public var unprojected: Int
    public var linear: (Int, Int)
    /// `QuantizedVector`s: a layer's input and its h.
    public var quantized: (Int, Int)

    public init(
      normalized: Int, unprojected: Int, linear: (Int, Int), quantized: (Int, Int)
    ) {
      self.normalized = normalized
      self.unprojected = unprojected
      self.linear = linear
      self.quantized = quantized
    }
  }

  public init(
    kernel: KernelChoice, isOwned: Bool, inputSize: Int, outputSize: Int, lstmCount: Int,
    linearCount: Int,
    normalizer: Int, inputLimit: Float, imageSize: Int, streamSize: Int, stateSize: Int,
    parameters: UInt64, macsPerStep: UInt64, fingerprint: InlineArray<32, UInt8>, scratch: Scratch
  ) {
    self.magic = ModelImage.magic
    self.kernel = kernel
    self.isOwned = isOwned
    self.inputSize = inputSize
    self.outputSize = outputSize
    self.lstmCount = lstmCount
    self.linearCount = linearCount
    self.normalizer = normalizer
    self.inputLimit = inputLimit
    self.imageSize = imageSize
    self.streamSize = streamSize
    self.stateSize = stateSize
    self.parameters = parameters
    self.macsPerStep = macsPerStep
    self.fingerprint = fingerprint
    self.scratch = scratch
  }
}

/// Which compilation of the kernels a model runs on. The bits are the same.
public enum KernelChoice: UInt8 {
  case exact
  case fused
  /// On x86-64 only.
  case wide
}

/// What the elements of a matrix are in memory: what they are in the file.
public enum WeightType: UInt8, BitwiseCopyable {
  case float32
  case float16
  case bfloat16
  case int8

  @inlinable
  public var size: Int {
    switch self {
    case .float32: 4
    case .float16, .bfloat16: 2
    case .int8: 1
    }
  }
}

public enum Activation: UInt8, BitwiseCopyable {
  case none
  case relu
  case sigmoid
  case tanh
  case softmax
}

/// One LSTM layer: its sizes, where its weights stand in the model and its state in a stream.
public struct LSTMRecord {
  /// `weight_hr`; no rows without a projection. Stands first, where its address is the record's.
  public var projection: MatrixRecord
  public var inputSize: Int
  public var hiddenSize: Int
  public var outputSize: Int
  public var type: WeightType
  private var filler: (UInt8, UInt16) = (0, 0)
  /// The largest magnitude of h that can't make a sum overflow.
  public var hiddenLimit: Float
  /// Panels of 8 hidden units, two side by side: `[pair][k][2][gate][8]`, an odd last one alone:
  /// `[k][gate][8]`; k counts the inputs, then the previous h; gates i, f, g, o. Of integers two k
  /// stand together, `[pair][k / 2][2][gate][8][2]`, inputs and h each filled up to an even number.
  public var weights: Int
  /// `b_ih + b_hh`: `[panel][gate][8]`.
  public var bias: Int
  /// h0, then c0; 0 when they are zero.
  public var initialState: Int
  /// In the stream: c, then the two h that steps alternate between.
  public var cell: Int
  public var hidden: (Int, Int)
  public var quantized: Quantized

  /// What integer weights need besides.
  public struct Quantized {
    /// Of the rows of weight_ih, then of weight_hh: `[panel][2][gate][8]`.
    public var scales: Int
    /// The largest integers that inputs and h are rounded to, so that no sum overflows.
    public var largestInput: Float
    public var largestHidden: Float

    public init() {
      scales = 0
      largestInput = 0
      largestHidden = 0
    }

    public init(scales: Int, inputSize: Int, outputSize: Int) {
      self.scales = scales
      largestInput = Quantized.largest(inputSize)
      largestHidden = Quantized.largest(outputSize)
    }

    /// The most columns that leave inputs 7 bits and their sign.
    public static var maximumColumns: Int { 1 << 17 }

    private static func largest(_ columns: Int) -> Float {
      Float(min(Int(Int16.max), Int(Int32.max) / (128 &* columns)))
    }
  }

  public init(
    inputSize: Int, hiddenSize: Int, outputSize: Int, type: WeightType, weights: Int, bias: Int,
    projection: MatrixRecord, initialState: Int, hiddenLimit: Float, cell: Int, hidden: (Int, Int),
    quantized: Quantized
  ) {
    self.inputSize = inputSize
    self.hiddenSize = hiddenSize
    self.outputSize = outputSize
    self.type = type
    self.weights = weights
    self.bias = bias
    self.projection = projection
    self.initialState = initialState
    self.hiddenLimit = hiddenLimit
    self.cell = cell
    self.hidden = hidden
    self.quantized = quantized
  }
}

/// A matrix by rows, each filled up with zeros to a multiple of 8.
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
}

/// One `nn.Linear` and the activation behind it.
public struct LinearRecord {
  /// Stands first, where its address is the record's.
  public var matrix: MatrixRecord
  public var activation: Activation
  private var filler: (UInt8, UInt16, UInt32) = (0, 0, 0)

  public init(matrix: MatrixRecord, activation: Activation) {
    self.matrix = matrix
    self.activation = activation
  }
}

/// The handle of a model's block, and the only place that computes addresses in it.
@safe public struct ModelImage: ~Copyable {
  /// "LeatModl" in memory.
  public static var magic: UInt64 { 0x6c64_6f4d_7461_654c }

  @usableFromInline let base: UnsafeRawPointer

  @inlinable @inline(__always)
  public init(_ base: UnsafeRawPointer) { unsafe self.base = base }

  @inlinable @inline(__always)
  public var header: UnsafePointer<ModelHeader> {
    unsafe base.assumingMemoryBound(to: ModelHeader.self)
  }

  @inlinable @inline(__always)
  public static var recordsOffset: Int { (MemoryLayout<ModelHeader>.stride &+ 63) & ~63 }

  @inlinable @inline(__always)
  public var lstmRecords: UnsafePointer<LSTMRecord> {
    unsafe (base + ModelImage.recordsOffset).assumingMemoryBound(to: LSTMRecord.self)
  }

  @inlinable @inline(__always)
  public var linearRecords: UnsafePointer<LinearRecord> {
    // Safe: the image was laid out with as many records as its header counts.
    let offset =
      unsafe ModelImage.recordsOffset
      &+ header.pointee.lstmCount &* MemoryLayout<LSTMRecord>.stride
    return unsafe (base + offset).assumingMemoryBound(to: LinearRecord.self)
  }

  /// The matrix of a linear layer.
  @inlinable @inline(__always)
  func matrix(of layer: UnsafePointer<LinearRecord>) -> UnsafePointer<MatrixRecord> {
    // Safe: the first field stands where the record does.
    unsafe UnsafeRawPointer(layer).assumingMemoryBound(to: MatrixRecord.self)
  }

  /// The projection of an LSTM layer.
  @inlinable @inline(__always)
  func projection(of layer: UnsafePointer<LSTMRecord>) -> UnsafePointer<MatrixRecord> {
    // Safe: as above.
    unsafe UnsafeRawPointer(layer).assumingMemoryBound(to: MatrixRecord.self)
  }

  @inlinable @inline(__always)
  public func bytes(at offset: Int) -> UnsafeRawPointer { unsafe base + offset }

  @inlinable @inline(__always)
  public func floats(at offset: Int) -> UnsafePointer<Float> {
    unsafe (base + offset).assumingMemoryBound(to: Float.self)
  }
}
