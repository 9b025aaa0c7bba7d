// SPDX-License-Identifier: MIT

import LeatSamples

/// Goes to a checkpoint's place in an input, which may be another one by now.
struct InputPlace {
  let command: Run
  let input: RunInput
  let buffer: InputBuffer
  let found: CheckpointKeeper.Found

  private var cursor: RunCursor { found.cursor }
  /// Whether a sample is among the bytes that were read of this file: two files may have the same
  /// header, and the same nothing.
  private var hasSamples: Bool { found.figures.position > cursor.start }

  /// - Returns: whether it begins with another file, from its first byte
  func goOn() throws -> Bool {
    if input.isFile { return try goOnInFile() }
    guard let part = command.inputIs else {
      throw ToolError(
        .usage,
        "\(input.name): the stream has a checkpoint, and it can't be known whether this is the "
          + "whole input again or the rest of it: say --input-is whole or --input-is rest")
    }
    if part == .rest {
      input.source.beginBehind(cursor.input)
    } else {
      try input.source.pass(to: cursor.input, buffer)
    }
    return false
  }

  private func goOnInFile() throws -> Bool {
    let holds = try input.source.holds(cursor.input)
    let isSame = cursor.file == input.fileNumber || (cursor.file == 0 && hasSamples)
    if holds && isSame {
      if !hasSamples && command.inputIs == nil, try rotated.mayHoldMore() { throw unread }
      try input.source.go(behind: cursor.input, buffer)
      return false
    }
    if command.follow && command.inputIs != .whole, let files = try rotated.find() {
      try input.takeUp(files, behind: cursor.input, buffer)
      return false
    }
    if command.inputIs == .rest {
      try input.begin(at: found.figures.position, buffer)
      return true
    }
    // A copy is as good as the file itself, if it's sure that it is one.
    guard holds && (hasSamples || command.inputIs == .whole) else {
      throw try another(holds)
    }
    try input.source.go(behind: cursor.input, buffer)
    return false
  }

  private var rotated: RotatedFiles {
    // The file system's clock ticks a few times a second.
    RotatedFiles(
      path: command.input, mark: cursor.input, number: cursor.file,
      since: found.figures.saved_at_ms - 1000, hasSamples: hasSamples)
  }

  private var unread: ToolError {
    ToolError(
      .data,
      "\(input.name): there was no sample in it yet when the stream was saved, and since then "
        + "\(input.name).1 was written: the samples that came may be in there, as when a log is "
        + "copied and cut. If they are, run that file first, with --input-is whole, and then this "
        + "one with --input-is rest: the state is kept. If they aren't, say --input-is whole")
  }

  private func another(_ holds: Bool) throws -> ToolError {
    let (size, offset) = (input.source.size ?? 0, cursor.input.offset)
    let reason =
      holds
      ? "isn't the file that was read, and there was no sample yet that tells them apart; if it is "
        + "the same input, say --input-is whole"
      : size < offset
        ? "has \(size) bytes, but \(offset) were read before"
        : "the \(offset) bytes before the checkpoint aren't those that were read"
    return ToolError(
      .data,
      "\(input.name): \(reason). If it took that file's place, as when logs are rotated, run the old "
        + "one to its end first, under the name that it has now, and then this one with --input-is "
        + "rest: the state is kept. --restart begins the stream anew")
  }
}
