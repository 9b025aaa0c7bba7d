// SPDX-License-Identifier: MIT

/// What makes samples of an input's bytes.
public protocol SampleReader {
  /// Bytes taken from the input since its beginning, and lines, or samples of an input without.
  var offset: UInt64 { get }
  var line: UInt64 { get }
  /// Malformed ones of these that were skipped.
  var skipped: UInt64 { get }
  /// The last line was taken in without a line feed, as the input ended there.
  var isBehindOpenLine: Bool { get }

  /// Adds samples to a block, as many as there are whole ones, up to `limit` in the block.
  ///
  /// - Parameter isEnd: whether nothing comes behind the buffer's bytes
  mutating func fill(
    _ block: SampleBlock, limit: Int, from buffer: InputBuffer, isEnd: Bool
  ) -> FillResult

  /// Takes what `fill` found to be malformed from the buffer.
  mutating func skip(from buffer: InputBuffer)
}

/// What ended a `fill`.
public enum FillResult {
  /// The buffer has no whole sample more.
  case needsInput
  /// The block holds as many as it may.
  case isFull
  /// Here is what isn't a sample; it's still in the buffer.
  case malformed(SampleError)
}
