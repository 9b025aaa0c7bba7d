// SPDX-License-Identifier: MIT

/// Where a run stands in its input and its output, and what has happened to it: the bytes that a
/// checkpoint keeps beside the state.
public struct RunCursor: Equatable, Sendable {
  /// What is known of the bytes before a place in a file, to tell it from another file.
  public struct Mark: Equatable, Sendable {
    /// Bytes before the place.
    public var offset: UInt64
    /// CRC-32C of the first 4,096 of them, or of all that there are.
    public var head: UInt32
    /// Of the last 4,096; nil of what can only be read forwards.
    public var tail: UInt32?

    public init(offset: UInt64, head: UInt32, tail: UInt32?) {
      (self.offset, self.head, self.tail) = (offset, head, tail)
    }
  }

  public enum OutputKind: UInt8, Sendable { case standardOutput, file }

  /// The run ended by itself: it was not killed.
  public var hasEnded = false
  public var input: Mark
  /// The input's inode number; 0 of a pipe, and where it isn't known.
  public var file: UInt64 = 0
  /// The stream's position at the input's first byte: more than 0 of a file that took another one's
  /// place.
  public var start: UInt64 = 0
  /// Lines, or samples of an input without, that were taken from the input.
  public var line: UInt64
  /// Malformed ones that were skipped, in all of the stream's inputs.
  public var skipped: UInt64
  public var isBehindOpenLine: Bool
  /// The input's first line that isn't blank or a comment; empty of raw samples.
  public var firstLine: [UInt8]
  public var outputKind: OutputKind
  public var output: Mark
  /// How input and output are laid out: it must be the same when the run goes on.
  public var layout: String
  public var history: History

  public init(
    input: Mark, line: UInt64, skipped: UInt64, isBehindOpenLine: Bool, firstLine: [UInt8],
    outputKind: OutputKind, output: Mark, layout: String, history: History
  ) {
    (self.input, self.line, self.skipped) = (input, line, skipped)
    (self.isBehindOpenLine, self.firstLine) = (isBehindOpenLine, firstLine)
    (self.outputKind, self.output, self.layout) = (outputKind, output, layout)
    self.history = history
  }

  /// Takes another cursor's place in the input, and leaves the output's.
  public mutating func takeInput(of other: RunCursor) {
    (input, file, start) = (other.input, other.file, other.start)
    (line, skipped, isBehindOpenLine) = (other.line, other.skipped, other.isBehindOpenLine)
  }
}
