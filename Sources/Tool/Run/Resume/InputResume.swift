// SPDX-License-Identifier: MIT

import LeatSamples

/// Finds a checkpoint's place in an input, which may be another one by now.
///
/// A file is the one that was read if it begins with the checkpoint's bytes and has its inode. When
/// it is another file, the old one is looked for under the names that log rotation gives. When that
/// fails, the run is refused: to guess would lose samples or step them twice.
struct InputResume {
  let options: RunOptions
  let input: RunInput
  let buffer: InputBuffer
  let point: StoredStream.ResumePoint

  private var cursor: RunCursor { point.cursor }
  /// Whether a sample of this file was read: two files may have the same header, or both nothing.
  private var hasSamples: Bool { point.position > cursor.start }

  /// - Returns: whether it begins with another file, from its first byte
  func resume() throws -> Bool {
    if options.inputs.count > 1 { return try resumeInOneOfSeveral() }
    if input.isFile { return try resumeInFile() }
    guard let part = options.inputIs else {
      throw ToolError(
        .usage,
        "\(input.name): the stream has a checkpoint, and it can't be known whether this is the "
          + "whole input again or the rest of it: say --input-is whole or --input-is rest")
    }
    switch part {
    case .rest: input.source.begin(after: cursor.input)
    case .whole: try input.source.skip(to: cursor.input, buffer)
    }
    return false
  }

  private func resumeInFile() throws -> Bool {
    let holds = try input.source.holds(cursor.input)
    let isSame = cursor.file == input.inode || (cursor.file == 0 && hasSamples)
    if holds && isSame {
      if !hasSamples && options.inputIs == nil, try rotated.mayHoldMore() { throw unread }
      try input.source.seek(to: cursor.input, buffer)
      return false
    }
    if options.follows && options.inputIs != .whole, let files = try rotated.find() {
      try input.resume(in: files, after: cursor.input, buffer)
      return false
    }
    if options.inputIs == .rest {
      try input.begin(at: point.position, buffer)
      return true
    }
    // A copy is as good as the file itself, if it is certain that it is a copy.
    guard holds && (hasSamples || options.inputIs == .whole) else { throw otherFile(holds) }
    try input.source.seek(to: cursor.input, buffer)
    return false
  }

  /// Those before the one that was read have been read to their ends.
  private func resumeInOneOfSeveral() throws -> Bool {
    if let place = try place() {
      try input.resume(at: place, after: cursor.input, buffer)
      return false
    }
    if options.inputIs == .rest {
      try input.begin(at: point.position, buffer)
      return true
    }
    throw ToolError(
      .data,
      "none of the \(options.inputs.count) inputs is certainly the file that was read last: found "
        + "none with the \(cursor.input.offset) bytes before the checkpoint that is that file or its "
        + "only copy. If all of them come after it, say --input-is rest: the state is kept. "
        + "--restart starts the stream over")
  }

  /// Which of the inputs the checkpoint is in.
  private func place() throws -> Int? {
    var copies: [Int] = []
    for (place, path) in options.inputs.enumerated() {
      let file = try InputSource(path: path)
      guard try file.holds(cursor.input) else { continue }
      if cursor.file != 0 && file.identity.inode == cursor.file { return place }
      copies.append(place)
    }
    return hasSamples && copies.count == 1 ? copies[0] : nil
  }

  private var rotated: RotatedFiles {
    // One second less: the file system's clock ticks only a few times a second.
    RotatedFiles(
      path: options.input, mark: cursor.input, inode: cursor.file,
      since: point.checkpoint.savedAt - 1000, hasSamples: hasSamples)
  }

  private var unread: ToolError {
    ToolError(
      .data,
      "\(input.name): there was no sample in it yet when the stream was saved, and since then "
        + "\(input.name).1 was written: it may have samples that were not read, as when a log is "
        + "copied and cut. If it has, run that file first, with --input-is whole, and then this "
        + "one with --input-is rest: the state is kept. If it has none, say --input-is whole")
  }

  private func otherFile(_ holds: Bool) -> ToolError {
    let (size, offset) = (input.source.size ?? 0, cursor.input.offset)
    let reason =
      holds
      ? "isn't the file that was read, and there was no sample yet that tells them apart; if it is "
        + "the same input, say --input-is whole"
      : size < offset
        ? "found \(size) bytes, expected at least \(offset), which were read before"
        : "the \(offset) bytes before the checkpoint aren't those that were read"
    return ToolError(
      .data,
      "\(input.name): \(reason). If it replaced that file, as when logs are rotated, run the old "
        + "one to its end first, under the name that it has now, and then this one with --input-is "
        + "rest: the state is kept. --restart starts the stream over")
  }
}
