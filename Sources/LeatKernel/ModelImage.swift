// SPDX-License-Identifier: MIT

/// What a model is in memory: one block that begins with a `ModelHeader`, then the records of its
/// layers, then their weights in the kernels' order. Offsets are in bytes from the block's start,
/// so that the block holds no address.
public struct ModelHeader {
  public var magic: UInt64
  public var kernel: KernelChoice
  /// True when `leat_model_open` allocated the block.
  public var isOwned: Bool
  public var inputSize: Int
  public var outputSize: Int
  public var lstmCount: Int
  public var linearCount: Int
  /// Means, then standard deviations; 0 without a normalizer.
  public var normalizer: Int
  public var inputLimit: Float
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

    public init(normalized: Int, unprojected: Int, linear: (Int, Int)) {
      self.normalized = normalized
      self.unprojected = unprojected
      self.linear = linear
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
  public var inputSize: Int
  public var hiddenSize: Int
  public var outputSize: Int
  /// Panels of 8 hidden units, two side by side: `[pair][k][2][gate][8]`, an odd last one alone:
  /// `[k][gate][8]`; k counts the inputs, then the previous h; gates i, f, g, o.
  public var weights: Int
  /// `b_ih + b_hh`: `[panel][gate][8]`.
  public var bias: Int
  /// `weight_hr` as the rows of `LinearRecord.weights`; 0 without a projection.
  public var projection: Int
  /// h0, then c0; 0 when they are zero.
  public var initialState: Int
  /// The largest magnitude of h that can't make a sum overflow.
  public var hiddenLimit: Float
  /// In the stream: c, then the two h that steps alternate between.
  public var cell: Int
  public var hidden: (Int, Int)

  public init(
    inputSize: Int, hiddenSize: Int, outputSize: Int, weights: Int, bias: Int, projection: Int,
    initialState: Int, hiddenLimit: Float, cell: Int, hidden: (Int, Int)
  ) {
    self.inputSize = inputSize
    self.hiddenSize = hiddenSize
    self.outputSize = outputSize
    self.weights = weights
    self.bias = bias
    self.projection = projection
    self.initialState = initialState
    self.hiddenLimit = hiddenLimit
    self.cell = cell
    self.hidden = hidden
  }
}

/// One `nn.Linear` and the activation behind it.
public struct LinearRecord {
  public var inputSize: Int
  public var outputSize: Int
  public var activation: Activation
  /// Row after row, each filled up with zeros to a multiple of 8.
  public var weights: Int
  /// 0 without a bias.
  public var bias: Int

  public init(inputSize: Int, outputSize: Int, activation: Activation, weights: Int, bias: Int) {
    self.inputSize = inputSize
    self.outputSize = outputSize
    self.activation = activation
    self.weights = weights
    self.bias = bias
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

  @inlinable @inline(__always)
  public func floats(at offset: Int) -> UnsafePointer<Float> {
    unsafe (base + offset).assumingMemoryBound(to: Float.self)
  }
}
