// SPDX-License-Identifier: MIT

/// Reads the samples in an input's bytes.
///
/// The caller adds bytes to an InputBuffer, and the reader fills a SampleBlock from it. The reader
/// never waits and never reads a file itself, so that one loop of the caller's serves files, pipes,
/// files that grow and files that replace each other. A reader is a value: a copy of it, with the
/// bytes put back into the buffer, reads a block again.
public protocol SampleReader {
  /// Bytes taken from the input since its beginning.
  var offset: UInt64 { get }
  /// Lines taken from the input; samples, of raw samples.
  var line: UInt64 { get }
  /// Malformed lines or samples that were skipped, in all of the stream's inputs.
  var skipped: UInt64 { get }
  /// The last line was read without a line feed, as the input ended there.
  var isAfterOpenLine: Bool { get }
  /// What is doubtful; to be set before the first sample.
  var rules: SampleRules { get set }
  var memory: SampleMemory { get }
  /// The keys of the streams that had samples; nil when all samples belong to one stream.
  var keys: KeyTable? { get }

  /// Adds samples to a block, until it has `limit`, or no whole sample is left in the buffer.
  ///
  /// - Parameter isEnd: whether the input ends with the buffer's bytes
  mutating func fill(
    _ block: SampleBlock, limit: Int, from buffer: InputBuffer, isEnd: Bool
  ) -> FillResult

  /// Removes from the buffer what `fill` found to be malformed.
  mutating func skip(from buffer: InputBuffer)

  /// Removes from the buffer a sample whose time repeats or goes back.
  mutating func skipRepeat(from buffer: InputBuffer)

  /// The next `fill` takes in what the last one found to be doubtful: a gap, or a bad value, which
  /// is replaced.
  mutating func accept(_ doubt: SampleDoubt)

  /// The incomplete sample in the buffer, which another file's bytes can't complete: malformed, or
  /// refused; nil when there is none.
  func leftOver(in buffer: InputBuffer) -> FillResult?

  /// Prepares for the bytes of another file, which may begin with the same header.
  ///
  /// - Parameter isWhole: whether the file begins with a new line, even if the one before it ended
  ///   within a line
  mutating func beginFile(isWhole: Bool)

  /// Prepares for the bytes from `offset` on, which come once more.
  mutating func readAgain()
}

/// What ended a `fill`.
public enum FillResult {
  /// The buffer has no further whole sample.
  case needsInput
  /// The block has `limit` samples.
  case isFull
  /// The buffer begins with a malformed line or sample.
  case malformed(SampleError)
  /// The buffer begins with a sample that the caller decides about.
  case doubtful(SampleDoubt, SampleError)
  /// The buffer begins with something that makes all after it doubtful; it can't be skipped.
  case refused(SampleError)
}
