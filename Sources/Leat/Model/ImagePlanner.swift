// SPDX-License-Identifier: MIT

import CLeat
import LeatBytes
import LeatKernel

/// Lays out a model's block and its streams' blocks: hands out offsets layer by layer, in the order
/// in which they are asked for, and adds up the sizes. The same walk measures and writes.
struct ImagePlanner {
  /// Weights begin on cache lines.
  private static var alignment: Int { Int(LEAT_FAST_ALIGNMENT) }

  /// What it may take to move a block to a cache line.
  static var slack: Int { Int(LEAT_FAST_ALIGNMENT - LEAT_ALIGNMENT) }

  private(set) var imageSize: Int
  private(set) var streamSize = StreamBlock.headerSize
  private(set) var parameters: UInt64 = 0
  private(set) var macsPerStep: UInt64 = 0
  private(set) var stateFloats = 0
  private var widestProjected = 0
  private var widestQuantized = (input: 0, hidden: 0)
  private var widestLinear = 0

  init(_ architecture: borrowing Architecture) {
    imageSize =
      ModelImage.recordsOffset
      + architecture.lstms.count * MemoryLayout<LSTMRecord>.stride
      + architecture.linears.count * MemoryLayout<LinearRecord>.stride
  }

  private static func tooLarge() -> Failure {
    Failure(LEAT_E_UNSUPPORTED, "the model is larger than this machine's address space")
  }

  static func roundUp(_ count: Int) -> Int { (count + 7) & ~7 }

  /// Reserves rows × columns elements of the model's block and returns their offset.
  private mutating func reserve(
    _ rows: Int, _ columns: Int = 1, _ type: WeightType = .float32
  ) throws(Failure) -> Int {
    let (aligned, overflowed) = imageSize.addingReportingOverflow(ImagePlanner.alignment - 1)
    let offset = aligned & ~(ImagePlanner.alignment - 1)
    let (elements, tooMany) = rows.multipliedReportingOverflow(by: columns)
    let (bytes, tooBig) = elements.multipliedReportingOverflow(by: type.size)
    let (end, beyond) = offset.addingReportingOverflow(bytes)
    guard !overflowed, !tooMany, !tooBig, !beyond, end <= Int.max - ImagePlanner.slack else {
      throw ImagePlanner.tooLarge()
    }
    imageSize = end
    return offset
  }

  /// Reserves floats of a stream's block, filled up to a multiple of 8.
  private mutating func reserveInStream(_ count: Int) throws(Failure) -> Int {
    let offset = streamSize
    let (end, overflowed) = offset.addingReportingOverflow(4 * ImagePlanner.roundUp(count))
    guard !overflowed else { throw ImagePlanner.tooLarge() }
    streamSize = end
    return offset
  }

  /// Room for a `QuantizedVector`: its scale, and integers of half a float's size, one more than it
  /// has elements.
  private mutating func reserveQuantized(_ count: Int) throws(Failure) -> Int {
    try reserveInStream(count == 0 ? 0 : 1 + (count + 2) / 2)
  }

  mutating func placeNormalizer(_ size: Int) throws(Failure) -> Int {
    parameters += 2 * UInt64(size)
    return try reserve(2, size)
  }

  /// A matrix by rows; none when `index` is -1.
  private mutating func placeMatrix(
    _ file: borrowing Safetensors, _ index: Int, _ rows: Int, _ columns: Int, hasBias: Bool = false
  ) throws(Failure) -> MatrixRecord {
    guard index >= 0 else {
      return MatrixRecord(rows: 0, columns: 0, type: .float32, weights: 0, scales: 0, bias: 0)
    }
    let type = file.weightType(index)
    return MatrixRecord(
      rows: rows, columns: columns, type: type,
      weights: try reserve(rows, ImagePlanner.roundUp(columns), type),
      scales: type == .int8 ? try reserve(rows) : 0, bias: hasBias ? try reserve(rows) : 0)
  }

  mutating func place(
    _ plan: LSTMPlan, _ file: borrowing Safetensors
  ) throws(Failure) -> LSTMRecord {
    let units = ImagePlanner.roundUp(plan.hiddenSize)
    let width = plan.inputSize + plan.outputSize
    var quantized = LSTMRecord.Quantized()
    // Of integers, inputs and h are each filled up to an even number.
    var columns = width
    if plan.type == .int8 {
      columns = (plan.inputSize + 1) / 2 * 2 + (plan.outputSize + 1) / 2 * 2
      widestQuantized.input = max(widestQuantized.input, plan.inputSize)
      widestQuantized.hidden = max(widestQuantized.hidden, plan.outputSize)
      quantized = LSTMRecord.Quantized(
        scales: try reserve(8, units), inputSize: plan.inputSize, outputSize: plan.outputSize)
    }
    let recurrent = 4 * UInt64(plan.hiddenSize) * UInt64(width)
    let projection = plan.isProjected ? UInt64(plan.outputSize) * UInt64(plan.hiddenSize) : 0
    macsPerStep += recurrent + projection
    parameters += recurrent + projection
    if plan.hasBias { parameters += 8 * UInt64(plan.hiddenSize) }
    if plan.hasInitialState { parameters += UInt64(plan.outputSize + plan.hiddenSize) }
    if plan.isProjected { widestProjected = max(widestProjected, plan.hiddenSize) }
    stateFloats += plan.outputSize + plan.hiddenSize
    return LSTMRecord(
      inputSize: plan.inputSize, hiddenSize: plan.hiddenSize, outputSize: plan.outputSize,
      type: plan.type, weights: try reserve(columns, 4 * units, plan.type),
      bias: try reserve(4, units),
      projection: try placeMatrix(file, plan.projection, plan.outputSize, plan.hiddenSize),
      initialState: plan.hasInitialState ? try reserve(plan.outputSize + plan.hiddenSize) : 0,
      hiddenLimit: plan.hiddenLimit, cell: try reserveInStream(plan.hiddenSize),
      hidden: (try reserveInStream(plan.outputSize), try reserveInStream(plan.outputSize)),
      quantized: quantized)
  }

  mutating func place(
    _ plan: LinearPlan, _ file: borrowing Safetensors
  ) throws(Failure) -> LinearRecord {
    let weights = UInt64(plan.outputSize) * UInt64(plan.inputSize)
    macsPerStep += weights
    parameters += weights + (plan.bias < 0 ? 0 : UInt64(plan.outputSize))
    widestLinear = max(widestLinear, plan.outputSize)
    return LinearRecord(
      matrix: try placeMatrix(
        file, plan.weight, plan.outputSize, plan.inputSize, hasBias: plan.bias >= 0),
      activation: plan.activation)
  }

  /// Reserves what a step needs besides the state. Comes last.
  mutating func placeScratch(
    _ architecture: borrowing Architecture
  ) throws(Failure) -> ModelHeader.Scratch {
    let scratch = ModelHeader.Scratch(
      normalized: try reserveInStream(architecture.hasNormalizer ? architecture.inputSize : 0),
      unprojected: try reserveInStream(widestProjected),
      linear: (try reserveInStream(widestLinear), try reserveInStream(widestLinear)),
      quantized: (
        try reserveQuantized(widestQuantized.input), try reserveQuantized(widestQuantized.hidden)
      ))
    // To a whole cache line: everything is a multiple of half of one.
    if streamSize % ImagePlanner.alignment != 0 { _ = try reserveInStream(1) }
    return scratch
  }
}
