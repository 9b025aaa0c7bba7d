// SPDX-License-Identifier: MIT

import CLeat

/// Streams of a model, and samples for them to take in round and round.
@safe final class BenchStreams {
  static let rows = 256

  let model: Model
  private let streams: [Stream]
  private let handles: [OpaquePointer?]
  /// [rows][input_size]
  private let inputs: [Float]
  private var outputs: [Float]
  private var row = 0

  init(of model: Model, count: Int) throws {
    self.model = model
    streams = try (0..<count).map { _ in try Stream(of: model) }
    unsafe handles = streams.map { unsafe $0.handle }
    // As trained inputs are spread: around the mean, by the deviation. The same in each run.
    let normalizer = model.normalizer
    let (size, limit) = (model.inputSize, model.info.input_limit)
    var seed: UInt64 = 1
    inputs = (0..<BenchStreams.rows * size).map { index in
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let uniform = Float(seed >> 40) * 0x1p-23 - 1
      let value =
        normalizer.mean[index % size] + 2 * uniform * normalizer.standardDeviation[index % size]
      return max(-limit, min(limit, value))
    }
    outputs = [Float](repeating: 0, count: BenchStreams.rows * model.outputSize)
  }

  /// Has all of them stepped by that kernel.
  func setKernel(_ name: String) throws {
    for stream in streams { try stream.setKernel(name) }
  }

  /// One sample, with the first stream.
  func step() throws {
    let at = next(1) * model.inputSize
    try unsafe LibraryError.check { error in
      unsafe inputs.withUnsafeBufferPointer { inputs in
        // Safe: `next` leaves a whole row.
        unsafe leat_stream_step(handles[0], inputs.baseAddress! + at, &outputs, error)
      }
    }
  }

  /// All samples in one call, with the first stream.
  func run() throws {
    try unsafe LibraryError.check { error in
      unsafe leat_stream_run(handles[0], BenchStreams.rows, inputs, &outputs, error)
    }
  }

  /// One sample on each of the first `count` streams.
  func batch(_ count: Int) throws {
    let at = next(count) * model.inputSize
    try unsafe LibraryError.check { error in
      unsafe inputs.withUnsafeBufferPointer { inputs in
        unsafe handles.withUnsafeBufferPointer { handles in
          // Safe: `next` leaves as many rows.
          unsafe leat_batch_step(
            handles.baseAddress, count, inputs.baseAddress! + at, &outputs, error)
        }
      }
    }
  }

  func save() throws -> [UInt8] { try streams[0].state() }

  func load(_ state: [UInt8]) throws { try streams[0].load(state: state) }

  /// The first of so many rows that are due.
  private func next(_ count: Int) -> Int {
    let first = row + count <= BenchStreams.rows ? row : 0
    row = first + count
    return first
  }
}
