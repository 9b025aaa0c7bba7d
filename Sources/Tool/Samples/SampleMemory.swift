// SPDX-License-Identifier: MIT

/// What a reader must remember of the samples before, so that it decides about the next ones in the
/// same way after a resume.
public struct SampleMemory: Equatable, Sendable {
  /// The time of the last sample; nil before the first, and without a column of times.
  public var lastTime: Double?
  /// The inputs of the last sample; empty before the first, and unless bad values are replaced.
  public var lastInputs: [Float] = []
  /// The same of each stream, in an input with keys; the two above stay empty then.
  public var streams = StreamMemories()
  /// Lines that are left out next: those around a header.
  public var linesToPass: UInt64 = 0
  /// In all of the stream's inputs: gaps that were accepted, repeated times that were skipped, and
  /// values that were replaced.
  public var gaps: UInt64 = 0
  public var repeats: UInt64 = 0
  public var held: UInt64 = 0

  public init() {}

  /// Remembers a block's last sample.
  mutating func remember(_ block: SampleBlock, hasTimes: Bool, holds: Bool) {
    // Safe: the block has a sample.
    let row = block.count - 1
    if hasTimes { lastTime = unsafe block.times[row] }
    guard holds else {
      // They would be old ones when they are needed.
      lastInputs = []
      return
    }
    let inputs = unsafe UnsafeBufferPointer(
      start: block.inputs + row * block.inputSize, count: block.inputSize)
    if lastInputs.count == inputs.count {
      for index in inputs.indices { lastInputs[index] = unsafe inputs[index] }
    } else {
      lastInputs = unsafe Array(inputs)
    }
  }

  /// Replaces the bad values of the sample after a block's last one.
  ///
  /// - Parameters:
  ///   - limit: the largest magnitude of a good value
  ///   - stream: nil without keys
  mutating func replaceBadValues(in block: SampleBlock, limit: Float, stream: Int?) {
    // Safe: the block has room for that sample; a sample is before it, or was remembered.
    let inputs = unsafe block.inputs + block.count * block.inputSize
    for index in 0..<block.inputSize where unsafe !(inputs[index].magnitude <= limit) {
      unsafe inputs[index] =
        stream.map { streams.inputs[$0 * block.inputSize + index] }
        ?? (block.count > 0 ? inputs[index - block.inputSize] : lastInputs[index])
      held += 1
    }
  }

  /// Forgets inputs that no sample of a model can have had.
  mutating func check(inputSize: Int, limit: Float) {
    if lastInputs.count != inputSize || !lastInputs.allSatisfy({ $0.magnitude <= limit }) {
      lastInputs = []
    }
  }
}
