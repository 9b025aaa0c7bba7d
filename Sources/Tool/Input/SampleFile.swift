// SPDX-License-Identifier: MIT

import LeatSamples

/// A file of samples that is read from its first byte to its last, as `leat run` reads its input.
final class SampleFile {
  private let source: InputSource
  private let buffer: InputBuffer
  private(set) var reader: any SampleReader
  private let skipsMalformed: Bool
  private var isEnd = false

  /// - Parameters:
  ///   - skipsMalformed: malformed samples are skipped; otherwise they are errors
  ///   - open: makes the reader, and may read the first bytes for that
  init(
    path: String, inputSize: Int, skipsMalformed: Bool = false,
    open: (InputSource, InputBuffer) throws -> any SampleReader
  ) throws {
    source = try InputSource(path: path)
    buffer = InputBuffer(capacity: InputBuffer.capacity(inputSize: inputSize))
    self.skipsMalformed = skipsMalformed
    do { reader = try open(source, buffer) } catch let error as SampleError {
      throw ToolError(.data, "\(path): \(error)")
    }
  }

  /// Reads samples up to a count and drops them.
  ///
  /// - Returns: false when the file ends before
  @discardableResult
  func skip(_ count: UInt64, block: SampleBlock) throws -> Bool {
    var rest = count
    while rest > 0 {
      block.removeAll()
      guard try fill(block, to: Int(min(rest, UInt64(block.capacity)))) else { return false }
      rest -= UInt64(block.count)
    }
    return true
  }

  /// Adds samples to a block until it has `count`.
  ///
  /// - Returns: false when the file ends before
  func fill(_ block: SampleBlock, to count: Int) throws -> Bool {
    while block.count < count {
      switch reader.fill(block, limit: count, from: buffer, isEnd: isEnd) {
      case .isFull: break
      case .malformed where skipsMalformed: reader.skip(from: buffer)
      case .doubtful(.repeat, _): reader.skipRepeat(from: buffer)
      case .doubtful(let doubt, _): reader.accept(doubt)
      // No run reads further than this.
      case .refused where skipsMalformed: return false
      case .malformed(let error), .refused(let error):
        throw ToolError(.data, "\(source.name), \(error)")
      case .needsInput:
        if isEnd { return false }
        isEnd = try source.read(into: buffer) == 0
      }
    }
    return true
  }

  /// All inputs that are left: [steps][input_size].
  func inputs(inputSize: Int) throws -> [Float] {
    let block = SampleBlock(inputSize: inputSize, outputSize: 0, carried: 0, capacity: 1024)
    var values: [Float] = []
    var isMore = true
    while isMore {
      block.removeAll()
      isMore = try fill(block, to: block.capacity)
      unsafe values += UnsafeBufferPointer(start: block.inputs, count: block.count * inputSize)
    }
    return values
  }
}

extension SampleFile {
  /// Columns of a CSV file, [steps][columns].
  ///
  /// - Parameter choose: gets the columns of the first line, and returns the names of those to read:
  ///   a number from 1 where they have no names
  static func columns(
    of path: String, _ choose: (ColumnLayout) throws -> [String]
  ) throws -> [Float] {
    var layout: ColumnLayout?
    _ = try SampleFile(path: path, inputSize: 0) { source, buffer in
      let reader = try reader(ColumnChoice(inputs: []), inputSize: 0, source, buffer)
      layout = reader.layout
      return reader
    }
    guard let layout else { throw ToolError(.data, "\(path): holds no line, expected columns") }
    let names = try choose(layout)
    return try SampleFile(path: path, inputSize: names.count) { source, buffer in
      try reader(ColumnChoice(inputs: names), inputSize: names.count, source, buffer)
    }.inputs(inputSize: names.count)
  }

  private static func reader(
    _ choice: ColumnChoice, inputSize: Int, _ source: InputSource, _ buffer: InputBuffer
  ) throws -> CSVReader {
    var reader = CSVReader(limit: .greatestFiniteMagnitude)
    _ = try reader.readLayout(choice, inputSize: inputSize, from: source, buffer)
    return reader
  }
}

extension CSVReader {
  /// Reads a file's first line, which tells its columns.
  ///
  /// - Returns: false when it has no line
  mutating func readLayout(
    _ choice: ColumnChoice, inputSize: Int, from source: InputSource, _ buffer: InputBuffer
  ) throws -> Bool {
    var isEnd = false
    while try readLayout(choice, inputSize: inputSize, from: buffer, isEnd: isEnd) == nil {
      if isEnd { return false }
      isEnd = try source.read(into: buffer) == 0
    }
    return true
  }
}

extension InputBuffer {
  /// Bytes of a buffer that holds any line of a model's inputs: 64 for each number, and at least
  /// 1 MiB.
  static func capacity(inputSize: Int) -> Int { max(1 << 20, 64 * inputSize) + 1 }
}
