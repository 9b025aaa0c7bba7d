// SPDX-License-Identifier: MIT

import LeatSamples

/// Waits for bytes, and goes from file to file.
extension Runner {
  /// Waits for bytes, with everything written that there is to write.
  func getInput() throws {
    let (input, buffer) = (parts.input, parts.buffer)
    if !input.isFile, try input.source.wait(seconds: 0) != .bytes {
      _ = try sink.flush()
      let due = parts.keeper?.due(at: stream.position)
      guard try input.source.wait(seconds: due) == .bytes else { return }
    }
    switch try input.read(into: buffer) {
    case .bytes: break
    case .end where input.follows:
      _ = try sink.flush()
      Interruption.wait(seconds: 0.05)
    case .end: isEnd = true
    case .isReplaced:
      if try takeUpReplacement() { break }
      try leaveFile()
      try endFile()
      try input.advance(at: stream.position, buffer)
      try beginFile(isCut: false)
    case .isCut:
      if try takeUpCopy() { break }
      loseFile()
      try endFile()
      try input.begin(at: stream.position, buffer)
      try beginFile(isCut: true)
    }
  }

  /// What a file ended in the middle of can't be completed.
  private func endFile() throws {
    switch reader.leftOver(in: parts.buffer) {
    case .malformed(let error): try skip(error)
    case .refused(let error): throw error
    default: break
    }
  }

  private func beginFile(isCut: Bool) throws {
    reader.beginFile(isWhole: false)
    progress.finish()
    if isCut { report.cut() } else { report.replaced() }
    // The half line that a file ended in is counted once.
    try save(hasEnded: false)
  }

  /// Goes on in a file that has another's place and holds all that was read of it, as rsync and
  /// editors leave it. It's no rotation: then the old file would be among those of a number.
  ///
  /// - Returns: false when it's another file
  private func takeUpReplacement() throws -> Bool {
    let (input, buffer) = (parts.input, parts.buffer)
    guard stream.position > input.start, !input.isNumbered else { return false }
    let mark = input.source.mark(at: reader.offset, buffer)
    guard try input.advance(behind: mark, buffer) else { return false }
    reader.readAgain()
    progress.finish()
    report.copied()
    try save(hasEnded: false)
    return true
  }

  /// Goes on in the copy that was made of a file before it was cut: it may hold more than was read.
  ///
  /// - Returns: false when there is none
  private func takeUpCopy() throws -> Bool {
    let (input, buffer) = (parts.input, parts.buffer)
    let mark = input.source.mark(at: reader.offset, buffer)
    let copies = RotatedFiles(
      path: parts.command.input, mark: mark, number: input.fileNumber,
      since: input.source.changedWhenRead, hasSamples: stream.position > input.start, most: 1)
    guard !input.hasSuccessor, let files = try copies.find() else { return false }
    try input.takeUp(files, behind: mark, buffer)
    reader.readAgain()
    return true
  }
}
