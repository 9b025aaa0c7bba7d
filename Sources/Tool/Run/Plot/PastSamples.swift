// SPDX-License-Identifier: MIT

import LeatSamples

/// The samples and outputs of earlier runs of a stream, read again from their files.
struct PastSamples {
  private static let capacity = 1024
  private let parts: RunParts
  private let outputPath: String

  /// nil when there are none, or when they can't be read again: from a pipe or standard output, and
  /// of a windowed stream, whose rows don't tell which samples they are of.
  init?(_ parts: RunParts) {
    guard parts.stored?.resumePoint != nil, !parts.isNewOutput, parts.input.isAtPath,
      parts.options.windows == nil, let path = parts.options.output
    else { return nil }
    (self.parts, outputPath) = (parts, path)
  }

  /// Reads up to the sample that this run begins with.
  ///
  /// - Parameter visit: gets each block, and the position of its first sample in the stream
  func read(_ visit: (SampleBlock, UInt64) throws -> Void) throws {
    guard try isInStep() else {
      Terminal.report(
        "--plot: \(parts.input.name): its samples before this run aren't those that the rows in "
          + "\(outputPath) are of, as when --on-error, --on-repeat or --gap isn't the same; only "
          + "this run is drawn")
      return
    }
    let count = try countRows()
    guard count <= parts.streams.position else { throw outOfStep }
    var position = parts.streams.position - count
    let samples = try samples()
    let rows = try rows()
    let start = parts.input.start
    if position > start {
      // The first rows of the stream were written to standard output.
      try samples.skip(position - start, block: inputBlock())
    } else {
      // The first rows are those of a file before this one.
      try rows.skip(start - position, block: outputBlock())
      position = start
    }
    let written = outputBlock()
    let block = inputBlock()
    while position < parts.streams.position {
      let next = min(Self.capacity, Int(parts.streams.position - position))
      written.removeAll()
      block.removeAll()
      guard try rows.fill(written, to: next), try samples.fill(block, to: next) else {
        throw outOfStep
      }
      // Safe: both have `next` samples, and the inputs of `written` have the size of outputs.
      unsafe block.outputs.update(
        from: written.inputs, count: next * parts.model.outputSize)
      try visit(block, position)
      position += UInt64(next)
    }
  }

  /// Whether the input has as many samples up to this run's first as the runs before took in, with
  /// the same decisions. They may have had other rules, and knew the samples of a file before this
  /// one.
  private func isInStep() throws -> Bool {
    let (position, start) = (parts.streams.position, parts.input.start)
    let (samples, block) = (try samples(), inputBlock())
    guard position >= start, try samples.skip(position - start, block: block) else { return false }
    let before = samples.reader
    // Lines without a sample may come between both.
    let isMore = try samples.skip(1, block: block)
    let (now, after) = (parts.reader, samples.reader)
    guard before.offset <= now.offset && (!isMore || after.offset > now.offset) else {
      return false
    }
    let first = parts.stored?.resumePoint?.cursor.history.events.first
    // The counts are those of all inputs.
    let isFirstInput = first?.kind == .started && first?.position == start
    return [\SampleMemory.repeats, \SampleMemory.held].allSatisfy { count in
      before.memory[keyPath: count] <= now.memory[keyPath: count]
        && (!isFirstInput || now.memory[keyPath: count] <= after.memory[keyPath: count])
    } && before.skipped <= now.skipped
  }

  private func samples() throws -> SampleFile {
    try SampleFile(
      path: parts.input.name, inputSize: parts.model.inputSize, skipsMalformed: true
    ) { _, _ in try parts.newReader() }
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

  /// The output's rows, read as samples. Columns are chosen by number, since two may have one name.
  private func rows() throws -> SampleFile {
    let (options, outputs) = (parts.options, parts.model.outputSize)
    let front =
      switch parts.layout.front {
      case .nothing: 0
      case .number: 1
      case .texts: parts.layout.textCount
      }
    return try SampleFile(path: outputPath, inputSize: outputs, skipsMalformed: true) {
      input, buffer in
      if options.outputFormat == .f32 {
        return RawReader(inputSize: outputs, limit: .infinity)
      }
      let (separator, decimal) = (options.dialect.separator, options.dialect.decimal)
      var reader = CSVReader(
        CSVDialect(separator: separator, decimal: decimal), limit: .infinity)
      let choice = ColumnChoice(
        inputs: (0..<outputs).map { "\(front + $0 + 1)" }, hasHeader: false)
      // A carried column may begin with #.
      reader.hasComments = false
      guard try reader.readLayout(choice, inputSize: outputs, from: input, buffer) else {
        throw SampleError("holds no line")
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
