// SPDX-License-Identifier: MIT

import Leat
import LeatSamples

/// The stream that all samples of a run belong to.
final class SingleStream: RunStreams {
  private var stream: ModelStream
  private var stateBefore: State?

  init(of model: Model, in windows: Windows?) throws {
    stream = try ModelStream(of: model, in: windows)
  }

  var count: Int { 1 }
  var position: UInt64 { stream.position }
  var state: State? { stream.state() }
  var keysAtStart: KeyTable? { nil }

  func load(_ state: State) throws { try stream.load(state) }

  func meet(_ keys: KeyTable?) {}

  func step(_ block: SampleBlock) throws {
    let position = position
    block.outputFlags =
      stream.windows == nil
      ? nil : (0..<block.count).map { stream.hasOutput(at: position + UInt64($0)) }
    try stream.run(block, rows: 0..<block.count)
  }

  func sampleCount(ofOutputs outputs: UInt64) -> UInt64 {
    stream.sampleCount(ofOutputs: outputs)
  }

  func keepStates(before block: SampleBlock) { stateBefore = stream.state() }

  func undo() throws { if let stateBefore { try stream.load(stateBefore) } }

  func reset(_ stream: Int) throws { try self.stream.resetState() }

  func save(
    as name: String, in store: Store, cursor: [UInt8], _ options: SaveOptions
  ) throws {
    try store.save(stream, as: name, cursor: cursor, options)
  }

  func load(_ name: String, from store: Store) throws -> Checkpoint? {
    do { return try store.load(name, into: &stream) } catch {
      guard error.code == .mismatch, try (store.entry(of: name)?.members ?? 0) > 0 else {
        throw error
      }
      throw ToolError(
        .usage,
        "the stream '\(name)' in the store was begun with --by: say --by again; --restart starts it "
          + "over, another --stream keeps it")
    }
  }
}

extension ModelStream {
  /// Takes in rows of a block.
  mutating func run(_ block: SampleBlock, rows: Range<Int>) throws {
    // Safe: the block has these samples, and room for as many outputs.
    let inputs = unsafe UnsafeBufferPointer(
      start: block.inputs + rows.lowerBound * block.inputSize,
      count: rows.count * block.inputSize)
    let outputs = unsafe UnsafeMutableBufferPointer(
      start: block.outputs + rows.lowerBound * block.outputSize,
      count: rows.count * block.outputSize)
    var outputSpan = unsafe outputs.mutableSpan
    try unsafe run(inputs.span, into: &outputSpan)
  }

  /// Goes back to the beginning, but keeps the position.
  mutating func resetState() throws {
    let position = position
    reset()
    try setPosition(position)
  }
}
