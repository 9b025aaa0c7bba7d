// SPDX-License-Identifier: MIT

import Leat

/// A stream and a batch of a model, and samples that they step again and again.
final class BenchStreams {
  static let rows = 256

  private var stream: ModelStream
  private var streams = Batch()
  /// [rows][input_size]
  private let inputs: [Float]
  private let inputSize: Int
  private var output, outputs, batchOutputs: [Float]
  private var row = 0

  init(of model: Model) throws {
    stream = try ModelStream(of: model)
    // Around the mean, up to two standard deviations, as inputs of the training were. They are the
    // same in each run.
    let normalizer = model.normalizer
    let (size, limit) = (model.inputSize, model.inputLimit)
    var seed: UInt64 = 1
    inputs = (0..<BenchStreams.rows * size).map { index in
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let uniform = Float(seed >> 40) * 0x1p-23 - 1
      let value =
        normalizer.mean[index % size] + 2 * uniform * normalizer.standardDeviation[index % size]
      return max(-limit, min(limit, value))
    }
    inputSize = size
    output = [Float](repeating: 0, count: model.outputSize)
    outputs = [Float](repeating: 0, count: BenchStreams.rows * model.outputSize)
    batchOutputs = []
  }

  func setKernel(_ name: String) throws { try stream.setKernel(name) }

  /// One sample.
  func step() throws {
    let at = next(1) * inputSize
    var output = output.mutableSpan
    let samples = inputs
    try stream.step(samples.span.extracting(at..<at + inputSize), into: &output)
  }

  /// All samples in one call.
  func run() throws { try stream.run(inputs, into: &outputs) }

  /// Makes the batch that `batch()` steps.
  func beginBatch(_ count: Int) throws {
    streams = try Batch(of: stream.model, count: count)
    batchOutputs = [Float](repeating: 0, count: count * stream.model.outputSize)
  }

  /// One sample on each stream of the batch.
  func batch() throws {
    let (at, size) = (next(streams.count) * inputSize, streams.count * inputSize)
    var outputs = batchOutputs.mutableSpan
    let samples = inputs
    try streams.step(samples.span.extracting(at..<at + size), into: &outputs)
  }

  func save() -> State { stream.state() }

  func load(_ state: State) throws { try stream.load(state) }

  /// The first of the next `count` rows.
  private func next(_ count: Int) -> Int {
    let first = row + count <= BenchStreams.rows ? row : 0
    row = first + count
    return first
  }
}
