// SPDX-License-Identifier: MIT

import LeatSamples

/// A whole file of samples in memory, read as `leat run` reads its own.
enum SampleFile {
  /// Little-endian floats alone.
  static func raw(_ path: String, inputSize: Int) throws -> [Float] {
    var reader = RawReader(inputSize: inputSize, limit: .greatestFiniteMagnitude)
    let input = try InputSource(path: path)
    let buffer = InputBuffer(capacity: capacity)
    return try rest(of: input, buffer, &reader, width: inputSize, isEnd: false)
  }

  /// Columns of a CSV file, one behind the other in each row.
  ///
  /// - Parameter choose: gets what the first line tells, and names the columns: by number from 1
  ///   where they have no names
  static func columns(
    of path: String, _ choose: (ColumnLayout) throws -> [String]
  ) throws -> [Float] {
    let layout = try begin(path, ColumnChoice(inputs: []), width: 0).reader.layout
    guard let layout else { throw ToolError(.data, "\(path): no line with columns in it") }
    let names = try choose(layout)
    var begun = try begin(path, ColumnChoice(inputs: names), width: names.count)
    return try rest(
      of: begun.input, begun.buffer, &begun.reader, width: names.count, isEnd: begun.isEnd)
  }

  /// Bytes, one more than those of the longest line.
  private static let capacity = 1 << 20

  private struct Begun {
    let input: InputSource
    let buffer: InputBuffer
    var reader: CSVReader
    var isEnd = false
  }

  /// Opens a file and reads its first line, if there is one.
  private static func begin(_ path: String, _ choice: ColumnChoice, width: Int) throws -> Begun {
    var begun = Begun(
      input: try InputSource(path: path), buffer: InputBuffer(capacity: capacity),
      reader: CSVReader(separator: UInt8(ascii: ","), limit: .greatestFiniteMagnitude))
    while true {
      do {
        let first = try begun.reader.readLayout(
          choice, inputSize: width, from: begun.buffer, isEnd: begun.isEnd)
        if first != nil || begun.isEnd { break }
      } catch {
        throw ToolError(.data, "\(path): \(error.description)")
      }
      begun.isEnd = try begun.input.read(into: begun.buffer) == 0
    }
    return begun
  }

  private static func rest(
    of input: InputSource, _ buffer: InputBuffer, _ reader: inout some SampleReader, width: Int,
    isEnd: Bool
  ) throws -> [Float] {
    let block = SampleBlock(inputSize: width, outputSize: 0, carried: 0, capacity: 1024)
    var values: [Float] = []
    var isEnd = isEnd
    while true {
      let result = reader.fill(block, limit: block.capacity, from: buffer, isEnd: isEnd)
      unsafe values += UnsafeBufferPointer(start: block.inputs, count: block.count * width)
      block.removeAll()
      switch result {
      case .isFull: break
      case .malformed(let error), .refused(let error):
        throw ToolError(.data, "\(input.name), \(error.description)")
      case .needsInput:
        if isEnd { return values }
        isEnd = try input.read(into: buffer) == 0
      }
    }
  }
}
