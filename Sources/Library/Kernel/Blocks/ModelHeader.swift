// SPDX-License-Identifier: MIT

import CLeat

/// The start of a model's block: see `ModelHandle`.
@safe public struct ModelHeader {
  public var magic = ModelHandle.magic
  /// The version of this layout: `ModelHandle.layout`.
  public var layout = ModelHandle.layout
  public var inputLimit: Float = 0
  /// The list of kernel sets that the model was made with, and the best of them that this processor
  /// can run.
  public var kernels: UnsafePointer<leat_kernels>
  public var best: UnsafePointer<leat_kernels>
  public var inputSize = 0
  public var outputSize = 0
  public var layerCount = 0
  public var stateCount = 0
  /// Means, then standard deviations; 0 without a normalizer.
  public var normalizer = 0
  /// Where a stream keeps the sample, and where its output is after a step.
  public var input = Place(0)
  public var output = Place(0)
  public var blockSize = 0
  public var streamSize = 0
  public var stateSize = 0
  public var parameters: UInt64 = 0
  public var macsPerStep: UInt64 = 0
  public var fingerprint: InlineArray<32, UInt8>
  /// True when `leat_model_open` allocated the block.
  public var isOwned: Bool
  /// Whether the last layer gives outputs in units.
  public var hasDenormalizer = false
  /// Whether the processor has an instruction for CRC32C.
  public var hasCRC32C = false
  // Explicit, here and in the records: every byte of a block is written.
  private var padding: UInt8 = 0
  private var morePadding: UInt32 = 0

  public init(
    kernels: UnsafePointer<leat_kernels>, best: UnsafePointer<leat_kernels>, isOwned: Bool,
    fingerprint: InlineArray<32, UInt8>
  ) {
    unsafe self.kernels = kernels
    unsafe self.best = best
    self.fingerprint = fingerprint
    self.isOwned = isOwned
  }
}
