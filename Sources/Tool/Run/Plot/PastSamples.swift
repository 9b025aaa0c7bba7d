// SPDX-License-Identifier: MIT

import LeatSamples

/// What earlier runs of a stream took in and put out, read once more from their files.
struct PastSamples {
  private static let capacity = 1024
  private let parts: RunOpening
  private let outputPath: String

  /// nil when there are none, or when they can't be read again: from a pipe, or on standard output.
  init?(_ parts: RunOpening) {
    guard parts.keeper?.found != nil, !parts.isNewOutput, parts.input.isAtPath,
      let path = parts.command.output
    else { return nil }
    (self.parts, outputPath) = (parts, path)
  }

  /// Calls `see` for block after block, up to the sample that this run begins with.
  ///
  /// - Parameter see: gets a block, and the position of its first sample in the stream
  func read(_ see: (SampleBlock, UInt64) throws -> Void) throws {
    let count = try countRows()
    guard count <= parts.stream.position else { throw outOfStep }
    var position = parts.stream.position - count
    let samples = try SampleFeed(path: parts.input.name, inputSize: parts.model.inputSize) { _, _ in
      try parts.openReader()
    }
    let rows = try rows()
    let start = parts.input.start
    if position > start {
      // Rows may have begun in the middle: those before went to standard output.
      try samples.pass(position - start, block: inputBlock())
    } else {
      // Or they are those of a file before this one, too.
      try rows.pass(start - position, block: outputBlock())
      position = start
    }
    let written = outputBlock()
    let block = inputBlock()
    while position < parts.stream.position {
      let next = min(Self.capacity, Int(parts.stream.position - position))
      written.removeAll()
      block.removeAll()
      guard try rows.fill(written, to: next), try samples.fill(block, to: next) else {
        throw outOfStep
      }
      // Safe: both hold that many samples, the one as inputs what the other has as outputs.
      unsafe block.outputs.update(
        from: written.inputs, count: next * parts.model.outputSize)
      try see(block, position)
      position += UInt64(next)
    }
  }

  private func countRows() throws -> UInt64 {
    let rows = try rows()
    let block = outputBlock()
    var count: UInt64 = 0
    var isMore = true
    while isMore {
      block.removeAll()
      isMore = try rows.fill(block, to: Self.capacity)
      count += UInt64(block.count)
    }
    return count
  }

  /// The output's rows as if they were samples. Columns go by their numbers, since names may stand
  /// there twice.
  private func rows() throws -> SampleFeed {
    let (command, outputs) = (parts.command, parts.model.outputSize)
    let front =
      switch parts.layout.front {
      case .nothing: 0
      case .number: 1
      case .texts: parts.layout.textCount
      }
    return try SampleFeed(path: outputPath, inputSize: outputs) { input, buffer in
      if command.writtenFormat == .f32 {
        return RawReader(inputSize: outputs, limit: .infinity)
      }
      var reader = CSVReader(separator: try command.separatorByte(), limit: .infinity)
      let choice = ColumnChoice(
        inputs: (0..<outputs).map { "\(front + $0 + 1)" }, hasHeader: false)
      // What is carried may begin with #.
      reader.hasComments = false
      var isEnd = false
      while try reader.readLayout(choice, inputSize: outputs, from: buffer, isEnd: isEnd) == nil {
        guard !isEnd else { throw SampleError("\(outputPath): holds no line") }
        isEnd = try input.read(into: buffer) == 0
      }
      if parts.layout.hasOutputHeader { reader.skip(from: buffer) }
      return reader
    }
  }

  private func inputBlock() -> SampleBlock {
    SampleBlock(
      inputSize: parts.model.inputSize, outputSize: parts.model.outputSize,
      carried: parts.layout.textCount, capacity: Self.capacity)
  }

  private func outputBlock() -> SampleBlock {
    SampleBlock(
      inputSize: parts.model.outputSize, outputSize: 1, carried: 0, capacity: Self.capacity)
  }

  private var outOfStep: ToolError {
    ToolError(
      .data, "\(outputPath): --plot: its rows aren't those of the samples in \(parts.input.name)")
  }
}
