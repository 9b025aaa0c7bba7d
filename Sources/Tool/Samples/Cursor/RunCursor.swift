// SPDX-License-Identifier: MIT

/// Where a run is in its input and its output, and what has happened to it. A checkpoint stores it
/// as bytes beside the state (see RunCursor+Bytes.swift), so that both become durable together.
public struct RunCursor: Equatable, Sendable {
  public enum OutputKind: UInt8, Sendable { case standardOutput, file }

  /// The run ended by itself: it was not killed.
  public var hasEnded = false
  public var input: FilePrefix
  /// The input's inode number; 0 of a pipe, and where it isn't known.
  public var file: UInt64 = 0
  /// The stream's position at the input's first byte: more than 0 when the input is a file that
  /// replaced another one.
  public var start: UInt64 = 0
  /// Lines taken from the input; samples, of raw samples.
  public var line: UInt64
  /// Malformed lines or samples that were skipped, in all of the stream's inputs.
  public var skipped: UInt64
  /// The last line was read without a line feed, as the input ended there.
  public var isAfterOpenLine: Bool
  /// Of the samples and lines before.
  public var memory = SampleMemory()
  /// The input's first line that isn't blank or a comment; empty of raw samples.
  public var firstLine: [UInt8]
  public var outputKind: OutputKind
  public var output: FilePrefix
  /// The layout of input and output, which must be the same when the run resumes.
  public var layout: String
  public var history: History

  public init(
    input: FilePrefix, line: UInt64, skipped: UInt64, isAfterOpenLine: Bool, firstLine: [UInt8],
    outputKind: OutputKind, output: FilePrefix, layout: String, history: History
  ) {
    (self.input, self.line, self.skipped) = (input, line, skipped)
    (self.isAfterOpenLine, self.firstLine) = (isAfterOpenLine, firstLine)
    (self.outputKind, self.output, self.layout) = (outputKind, output, layout)
    self.history = history
  }

  /// Copies another cursor's place in the input; the output's place stays.
  public mutating func setInput(of other: RunCursor) {
    (input, file, start) = (other.input, other.file, other.start)
    (line, skipped, isAfterOpenLine) = (other.line, other.skipped, other.isAfterOpenLine)
    memory = other.memory
  }
}
