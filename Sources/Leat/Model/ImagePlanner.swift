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

  /// Reserves rows × columns floats of the model's block and returns their offset.
  private mutating func reserve(_ rows: Int, _ columns: Int = 1) throws(Failure) -> Int {
    let (aligned, overflowed) = imageSize.addingReportingOverflow(ImagePlanner.alignment - 1)
    let offset = aligned & ~(ImagePlanner.alignment - 1)
    let (floats, tooMany) = rows.multipliedReportingOverflow(by: columns)
    let (bytes, tooBig) = floats.multipliedReportingOverflow(by: 4)
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

  mutating func placeNormalizer(_ size: Int) throws(Failure) -> Int {
    parameters += 2 * UInt64(size)
    return try reserve(2, size)
  }

  mutating func place(_ plan: LSTMPlan) throws(Failure) -> LSTMRecord {
    let units = ImagePlanner.roundUp(plan.hiddenSize)
    let width = plan.inputSize + plan.outputSize
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
      weights: try reserve(width, 4 * units), bias: try reserve(4, units),
      projection: plan.isProjected
        ? try reserve(plan.outputSize, ImagePlanner.roundUp(plan.hiddenSize)) : 0,
      initialState: plan.hasInitialState ? try reserve(plan.outputSize + plan.hiddenSize) : 0,
      hiddenLimit: plan.hiddenLimit, cell: try reserveInStream(plan.hiddenSize),
      hidden: (try reserveInStream(plan.outputSize), try reserveInStream(plan.outputSize)))
  }

  mutating func place(_ plan: LinearPlan) throws(Failure) -> LinearRecord {
    let weights = UInt64(plan.outputSize) * UInt64(plan.inputSize)
    macsPerStep += weights
    parameters += weights + (plan.bias < 0 ? 0 : UInt64(plan.outputSize))
    widestLinear = max(widestLinear, plan.outputSize)
    return LinearRecord(
      inputSize: plan.inputSize, outputSize: plan.outputSize, activation: plan.activation,
      weights: try reserve(plan.outputSize, ImagePlanner.roundUp(plan.inputSize)),
      bias: plan.bias < 0 ? 0 : try reserve(ImagePlanner.roundUp(plan.outputSize)))
  }

  /// Reserves what a step needs besides the state. Comes last.
  mutating func placeScratch(
    _ architecture: borrowing Architecture
  ) throws(Failure) -> ModelHeader.Scratch {
    let scratch = ModelHeader.Scratch(
      normalized: try reserveInStream(architecture.hasNormalizer ? architecture.inputSize : 0),
      unprojected: try reserveInStream(widestProjected),
      linear: (try reserveInStream(widestLinear), try reserveInStream(widestLinear)))
    // To a whole cache line: everything is a multiple of half of one.
    if streamSize % ImagePlanner.alignment != 0 { _ = try reserveInStream(1) }
    return scratch
  }
}
