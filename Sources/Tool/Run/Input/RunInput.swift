// SPDX-License-Identifier: MIT

import LeatSamples

/// The input of a run: one file or pipe, or several, one after the other. When a file is followed,
/// it is several, too: each has the input's path until the next one replaces it.
final class RunInput {
  /// The file that is read now.
  private(set) var source: InputSource
  /// The stream's position at the source's first byte.
  private(set) var start: UInt64
  private let paths: [String]
  /// Which of them the source has, or had before it was replaced.
  private var place = 0
  let follows: Bool
  /// Files that replaced the source, oldest first. They are opened as soon as they are seen, since
  /// each may be removed too.
  private var successors: [InputSource] = []
  /// A file that has the path while the source has no numbered name, and since when. A rotation may
  /// be in the middle of its renames, or may give names without numbers.
  private var unexplained: (file: FileIdentity, since: ContinuousClock.Instant)?
  /// A file that can't be read, after a message about it.
  private var unreadable: FileIdentity?

  private static let maxSuccessors = 200

  /// - Parameters:
  ///   - paths: "-" for standard input
  ///   - follows: only of one path
  ///   - start: the stream's position at the first byte of the first
  init(paths: [String], follows: Bool, start: UInt64) throws {
    source = try InputSource(path: paths[0])
    (self.paths, self.follows, self.start) = (paths, follows, start)
  }

  private var path: String { paths[place] }

  var name: String { source.name }
  var isFile: Bool { source.isFile }
  /// The source's inode; 0 of a pipe.
  var inode: UInt64 { isFile ? source.identity.inode ?? 0 : 0 }
  /// Whether the path still names the source, so that it can be opened once more.
  var isAtPath: Bool { isFile && path != "-" && source.identity == FileIdentity(path) }

  /// Whether the source has a numbered name.
  var isNumbered: Bool { isFile && RotatedFiles.after(source.identity, at: path) != nil }

  var hasSuccessor: Bool { !successors.isEmpty }

  /// The part of all inputs that is before an offset of the source, as if they had one size.
  func fraction(at offset: UInt64) -> Double? {
    source.size.map { size in
      (Double(place) + Double(min(offset, size)) / Double(max(1, size))) / Double(paths.count)
    }
  }

  // MARK: Reading

  enum ReadResult {
    case bytes
    /// There are no more bytes now.
    case end
    /// There are no more bytes, and another file that isn't empty has the path.
    case isReplaced
    /// The bytes that were read aren't in the source any more.
    case isCut
  }

  func read(into buffer: InputBuffer) throws -> ReadResult {
    guard follows else { return try source.read(into: buffer) == 0 ? .end : .bytes }
    try findSuccessors()
    // Before the last read of the source: a writer has left it when the new file isn't empty.
    let isReplaced = successors.count > 1 || (successors.first?.size ?? 0) > 0
    guard let count = try source.readUnlessChanged(into: buffer) else { return .isCut }
    return count > 0 ? .bytes : isReplaced ? .isReplaced : .end
  }

  private func findSuccessors() throws {
    guard isFile else { return }
    let identity = FileIdentity(path)
    let last = (successors.last ?? source).identity
    guard identity.exists, identity != last else { return }
    // Several may have come since the last time.
    if let files = RotatedFiles.after(last, at: path) {
      successors += files
    } else {
      let now = ContinuousClock.now
      if unexplained?.file != identity { unexplained = (identity, now) }
      guard let unexplained, now - unexplained.since > .seconds(2), openSuccessor(identity)
      else { return }
    }
    unexplained = nil
    guard successors.count <= Self.maxSuccessors else {
      throw SampleError("was replaced \(successors.count) times before it was read to its end")
    }
  }

  /// - Returns: false when it can't be read; later it may
  private func openSuccessor(_ identity: FileIdentity) -> Bool {
    do {
      let file = try InputSource(path: path)
      guard file.isFile else { throw ToolError(.noInput, "\(path): isn't a file any more") }
      successors.append(file)
      return true
    } catch {
      if unreadable != identity { Terminal.report("\(error); tries again") }
      unreadable = identity
      return false
    }
  }

  // MARK: Another file

  /// Continues with the file that replaced the source, from its first byte.
  func advance(at position: UInt64, _ buffer: InputBuffer) throws {
    source = successors.removeFirst()
    try begin(at: position, buffer)
  }

  var hasNext: Bool { place + 1 < paths.count }

  /// Continues with the next input, from its first byte.
  func advanceToNext(at position: UInt64, _ buffer: InputBuffer) throws {
    try open(place + 1)
    start = position
    buffer.removeAll()
  }

  /// Continues after a mark in one of the inputs, then with those after it.
  func resume(at place: Int, after mark: FilePrefix, _ buffer: InputBuffer) throws {
    try open(place)
    try source.seek(to: mark, buffer)
  }

  private func open(_ place: Int) throws {
    source = try InputSource(path: paths[place])
    self.place = place
  }

  /// Continues after a mark in the file that replaced the source, if that file holds the mark.
  ///
  /// - Returns: whether it does
  func advance(after mark: FilePrefix, _ buffer: InputBuffer) throws -> Bool {
    guard let file = successors.first, try file.holds(mark) else { return false }
    source = successors.removeFirst()
    try source.seek(to: mark, buffer)
    return true
  }

  /// Reads the source from its first byte, as another file: it was cut.
  func begin(at position: UInt64, _ buffer: InputBuffer) throws {
    start = position
    try source.seek(to: nil, buffer)
  }

  /// Continues after a mark in the first of some rotated files, then with the others.
  func resume(in files: [InputSource], after mark: FilePrefix, _ buffer: InputBuffer) throws {
    source = files[0]
    successors = files.dropFirst() + successors
    try source.seek(to: mark, buffer)
  }
}
