// SPDX-License-Identifier: MIT

import LeatSamples

/// Reads a file's samples from its beginning to its end, malformed ones passed over: they were
/// skipped before.
final class SampleFeed {
  private let source: InputSource
  private let buffer: InputBuffer
  private var reader: any SampleReader
  private var isEnd = false

  /// - Parameter open: makes the reader, and may read the first bytes for that
  init(
    path: String, inputSize: Int, open: (InputSource, InputBuffer) throws -> any SampleReader
  ) throws {
    source = try InputSource(path: path)
    buffer = InputBuffer(capacity: RunOpening.bufferCapacity(inputSize: inputSize))
    reader = try open(source, buffer)
  }

  /// Reads so many samples that nobody wants.
  func pass(_ count: UInt64, block: SampleBlock) throws {
    var left = count
    while left > 0 {
      block.removeAll()
      guard try fill(block, to: Int(min(left, UInt64(block.capacity)))) else { return }
      left -= UInt64(block.count)
    }
  }

  /// Adds samples to a block until it holds so many.
  ///
  /// - Returns: false when the file has ended before
  func fill(_ block: SampleBlock, to count: Int) throws -> Bool {
    while block.count < count {
      switch reader.fill(block, limit: count, from: buffer, isEnd: isEnd) {
      case .isFull: break
      case .malformed: reader.skip(from: buffer)
      // No run went further.
      case .refused: return false
      case .needsInput:
        if isEnd { return false }
        isEnd = try source.read(into: buffer) == 0
      }
    }
    return true
  }
}
