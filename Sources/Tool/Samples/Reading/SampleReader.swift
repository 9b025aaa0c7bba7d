// SPDX-License-Identifier: MIT

/// What makes samples of an input's bytes.
public protocol SampleReader {
  /// Bytes taken from the input since its beginning, and lines, or samples of an input without.
  var offset: UInt64 { get }
  var line: UInt64 { get }
  /// Malformed ones that were skipped, in all of the stream's inputs.
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

  /// What the buffer holds of a sample that another file's bytes can't complete: malformed, or
  /// refused; nil when it's none.
  func leftOver(in buffer: InputBuffer) -> FillResult?

  /// What comes next are the bytes of another file, from its first on. It may begin with the same
  /// header.
  ///
  /// - Parameter isWhole: whether a line that the last one ended in can't go on in this one
  mutating func beginFile(isWhole: Bool)

  /// The bytes from `offset` on come again.
  mutating func readAgain()
}

/// What ended a `fill`.
public enum FillResult {
  /// The buffer has no whole sample more.
  case needsInput
  /// The block holds as many as it may.
  case isFull
  /// Here is what isn't a sample; it's still in the buffer.
  case malformed(SampleError)
  /// Here is what makes all that comes after it doubtful: it can't be skipped.
  case refused(SampleError)
}
