// SPDX-License-Identifier: MIT

import LeatSamples

/// What a run reads: an input, and when it's followed, the files that take its place one after the
/// other.
final class RunInput {
  /// Where the next bytes come from.
  private(set) var source: InputSource
  /// The stream's position at the source's first byte.
  private(set) var start: UInt64
  private let path: String
  let follows: Bool
  /// Files that took its place, oldest first: opened when they are seen, since each may be taken
  /// away too.
  private var successors: [InputSource] = []
  /// A file that has the place, and since when the source isn't among those that were moved away.
  /// They may be in the middle of being renamed, or their names have no numbers.
  private var gap: (file: FileIdentity, since: ContinuousClock.Instant)?
  /// A file that can't be read, and about which that was said.
  private var unreadable: FileIdentity?

  private static let mostSuccessors = 200

  /// - Parameters:
  ///   - path: "-" for standard input
  ///   - start: the stream's position at its first byte
  init(path: String, follows: Bool, start: UInt64) throws {
    source = try InputSource(path: path)
    (self.path, self.follows, self.start) = (path, follows, start)
  }

  var name: String { source.name }
  var isFile: Bool { source.isFile }
  /// Of the source, as a cursor has it.
  var fileNumber: UInt64 { isFile ? source.identity.number ?? 0 : 0 }
  /// Whether the source is what its path names, so that it can be opened once more.
  var isAtPath: Bool { isFile && path != "-" && source.identity == FileIdentity(path) }

  /// Whether the source was moved away to a name with a number.
  var isNumbered: Bool { isFile && RotatedFiles.after(source.identity, at: path) != nil }

  var hasSuccessor: Bool { !successors.isEmpty }

  /// The part of the source that is before a place.
  func fraction(at offset: UInt64) -> Double? {
    source.size.map { size in Double(min(offset, size)) / Double(max(1, size)) }
  }

  // MARK: Reading

  enum Reading {
    case bytes
    /// There are no more for now.
    case end
    /// The source is over: another file has its place, and something in it.
    case isReplaced
    /// What was read of the source isn't in it any more.
    case isCut
  }

  func read(into buffer: InputBuffer) throws -> Reading {
    guard follows else { return try source.read(into: buffer) == 0 ? .end : .bytes }
    try look()
    // First this, then the last read: who writes has left the old file by the time that there is
    // something in the new one.
    let isReplaced = successors.count > 1 || (successors.first?.size ?? 0) > 0
    guard let count = try source.readUnlessChanged(into: buffer) else { return .isCut }
    return count > 0 ? .bytes : isReplaced ? .isReplaced : .end
  }

  /// Looks whether another file has the source's place.
  private func look() throws {
    guard isFile else { return }
    let identity = FileIdentity(path)
    let last = (successors.last ?? source).identity
    guard identity.isThere, identity != last else { return }
    // More than one may have come since the last look.
    if let files = RotatedFiles.after(last, at: path) {
      successors += files
    } else {
      let now = ContinuousClock.now
      if gap?.file != identity { gap = (identity, now) }
      guard let gap, now - gap.since > .seconds(2), try open(identity) else { return }
    }
    gap = nil
    guard successors.count <= Self.mostSuccessors else {
      throw SampleError("was replaced \(successors.count) times before it was read to its end")
    }
  }

  /// - Returns: false when it can't be read; it may be later
  private func open(_ identity: FileIdentity) throws -> Bool {
    do {
      let file = try InputSource(path: path)
      guard file.isFile else { throw ToolError(.noInput, "\(path): isn't a file any more") }
      successors.append(file)
      return true
    } catch let error as ToolError {
      if unreadable != identity { Terminal.complain("\(error.description); tries again") }
      unreadable = identity
      return false
    }
  }

  // MARK: Another file

  /// Goes on with the file that has the source's place, from its first byte.
  func advance(at position: UInt64, _ buffer: InputBuffer) throws {
    source = successors.removeFirst()
    try begin(at: position, buffer)
  }

  /// Goes on after a mark with the file that has the source's place, if that holds it.
  ///
  /// - Returns: whether it does
  func advance(behind mark: RunCursor.Mark, _ buffer: InputBuffer) throws -> Bool {
    guard let file = successors.first, try file.holds(mark) else { return false }
    source = successors.removeFirst()
    try source.go(behind: mark, buffer)
    return true
  }

  /// Reads the source from its first byte on: as another file, since it was cut.
  func begin(at position: UInt64, _ buffer: InputBuffer) throws {
    start = position
    try source.go(behind: nil, buffer)
  }

  /// Goes on behind a mark in files that were moved away, and then to what they were replaced by.
  func takeUp(_ files: [InputSource], behind mark: RunCursor.Mark, _ buffer: InputBuffer) throws {
    source = files[0]
    successors = files.dropFirst() + successors
    try source.go(behind: mark, buffer)
  }
}
