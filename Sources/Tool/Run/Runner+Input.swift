// SPDX-License-Identifier: MIT

import LeatSamples

/// Reads bytes, and goes from file to file.
extension Runner {
  /// Waits for bytes. All rows are written before.
  func getInput() throws {
    let (input, buffer) = (parts.input, parts.buffer)
    if !input.isFile, try !input.source.wait(seconds: 0) {
      _ = try sink.flush()
      let due = parts.stored?.secondsUntilDue(at: position)
      guard try input.source.wait(seconds: due) else { return }
    }
    switch try input.read(into: buffer) {
    case .bytes: break
    case .end where input.follows:
      _ = try sink.flush()
      Interruption.wait(seconds: 0.05)
    case .end: isEnd = true
    case .isReplaced:
      if try continueInReplacement() { break }
      try rememberFileEnd(isFound: input.isNumbered)
      try skipIncompleteLine()
      try input.advance(at: position, buffer)
      try beginFile(isCut: false)
    case .isCut:
      if try continueInCopy() { break }
      forgetFileEnd()
      try skipIncompleteLine()
      try input.begin(at: position, buffer)
      try beginFile(isCut: true)
    }
  }

  /// Goes on with the next of several inputs, when one has ended.
  ///
  /// - Returns: false when there is none
  func beginNextInput() throws -> Bool {
    guard parts.input.hasNext else { return false }
    try rememberFileEnd(isFound: parts.input.isFile)
    try parts.input.advanceToNext(at: position, parts.buffer)
    reader.beginFile(isWhole: true)
    isEnd = false
    progress.finish()
    report.next()
    return true
  }

  /// Another file can't complete the line that the last one ended in.
  private func skipIncompleteLine() throws {
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
    // So that an incomplete line is counted once.
    try save(hasEnded: false)
  }

  /// Continues in a file that replaced the input and begins with all that was read of it: rsync and
  /// editors write such files. It is no rotation: the old file would have a numbered name then.
  ///
  /// - Returns: false when the file doesn't begin so
  private func continueInReplacement() throws -> Bool {
    let (input, buffer) = (parts.input, parts.buffer)
    guard position > input.start, !input.isNumbered else { return false }
    let mark = input.source.mark(at: reader.offset, buffer)
    guard try input.advance(after: mark, buffer) else { return false }
    reader.readAgain()
    progress.finish()
    report.copied()
    try save(hasEnded: false)
    return true
  }

  /// Continues in the copy of a file from before it was cut: it may have bytes that weren't read.
  ///
  /// - Returns: false when there is none
  private func continueInCopy() throws -> Bool {
    let (input, buffer) = (parts.input, parts.buffer)
    let mark = input.source.mark(at: reader.offset, buffer)
    let copies = RotatedFiles(
      path: parts.options.input, mark: mark, inode: input.inode,
      since: input.source.modifiedWhenRead, hasSamples: position > input.start, highest: 1)
    guard !input.hasSuccessor, let files = try copies.find() else { return false }
    try input.resume(in: files, after: mark, buffer)
    reader.readAgain()
    return true
  }
}
