// SPDX-License-Identifier: MIT

import CLeat

/// The start of a model's block: see `ModelHandle`.
@safe public struct ModelHeader {
  public var magic: UInt64
  /// The version of this layout: `ModelHandle.layout`.
  public var layout: UInt32
  public var inputLimit: Float
  /// The list of kernel sets that the model was made with, and the best of them that this processor
  /// can run.
  public var kernels: UnsafePointer<leat_kernels>
  public var best: UnsafePointer<leat_kernels>
  public var inputSize: Int
  public var outputSize: Int
  public var layerCount: Int
  public var stateCount: Int
  /// Means, then standard deviations; 0 without a normalizer.
  public var normalizer: Int
  /// Where a stream keeps the sample, and where its output is after a step.
  public var input: Place
  public var output: Place
  public var blockSize: Int
  public var streamSize: Int
  public var stateSize: Int
  public var parameters: UInt64
  public var macsPerStep: UInt64
  public var fingerprint: InlineArray<32, UInt8>
  /// True when `leat_model_open` allocated the block.
  public var isOwned: Bool
  // Explicit, here and in the records: every byte of a block is written.
  private var padding: (UInt8, UInt16, UInt32) = (0, 0, 0)

  public init(
    kernels: UnsafePointer<leat_kernels>, best: UnsafePointer<leat_kernels>, isOwned: Bool,
    fingerprint: InlineArray<32, UInt8>
  ) {
    magic = ModelHandle.magic
    layout = ModelHandle.layout
    inputLimit = 0
    unsafe self.kernels = kernels
    unsafe self.best = best
    inputSize = 0
    outputSize = 0
    layerCount = 0
    stateCount = 0
    normalizer = 0
    input = Place(0)
    output = Place(0)
    blockSize = 0
    streamSize = 0
    stateSize = 0
    parameters = 0
    macsPerStep = 0
    self.fingerprint = fingerprint
    self.isOwned = isOwned
  }
}
