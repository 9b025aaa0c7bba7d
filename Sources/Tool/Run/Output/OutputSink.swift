// SPDX-License-Identifier: MIT

import LeatSamples

/// The file or standard output that rows are written to.
///
/// With a store, every row is in the output once, however the run ended: before a checkpoint is
/// saved, the rows are synced, and the checkpoint has a mark of them. A resume cuts the file back to
/// the mark, and the rows after it are written again. Standard output can't be cut.
final class OutputSink {
  let buffer: OutputBuffer
  private let file: OpenFile
  /// Whether it can be cut and read again; standard output isn't cut, even if it is a file.
  private let isCuttable: Bool
  /// Whether a write may wait for a reader: of a pipe and a terminal.
  let mayBlock: Bool
  /// Bytes of a row of raw outputs; nil of lines of text.
  private let rowSize: Int?
  /// Bytes that have been written.
  private var written: UInt64 = 0

  /// Standard output.
  ///
  /// - Parameter mark: where it continues; nil when it begins
  init(after mark: FilePrefix?, rowSize: Int?, capacity: Int) throws {
    (file, isCuttable, self.rowSize) = (.standardOutput, false, rowSize)
    mayBlock = try FileStatus(of: file).kind != .regular
    buffer = OutputBuffer(capacity: capacity)
    written = mark?.offset ?? 0
  }

  /// A file, which is made if there is none. It isn't changed before `cut`.
  ///
  /// - Parameters:
  ///   - mark: where it continues; nil when it begins
  ///   - replaces: it may be a file that another program wrote
  init(
    path: String, after mark: FilePrefix?, replaces: Bool, rowSize: Int?, capacity: Int
  ) throws {
    let creates = mark.map { $0.offset == 0 } ?? true
    file = try OpenFile(
      path, .readAndWrite(creates: creates), failure: creates ? .cantCreate : .noInput)
    isCuttable = try FileStatus(of: file).kind == .regular
    (mayBlock, self.rowSize) = (!isCuttable, rowSize)
    buffer = OutputBuffer(capacity: capacity)
    guard isCuttable, let mark else { return }
    written = mark.offset
    if mark.offset > 0 {
      try check(mark)
    } else if try !replaces && FileStatus(of: file).size > 0 && mark != emptyMark() {
      throw ToolError(
        .cantCreate,
        "\(path): exists already, and isn't the file that the stream's rows belong in; --force "
          + "replaces it")
    }
  }

  private func check(_ mark: FilePrefix) throws {
    let size = try FileStatus(of: file).size
    let remedy = "; it was changed, or is another file. --restart starts the stream over"
    guard size >= mark.offset else {
      throw ToolError(
        .data,
        "\(file.name): found \(size) bytes, expected at least \(mark.offset), which were written before"
          + remedy)
    }
    guard try mark.agrees(with: file.mark(before: mark.offset)) else {
      throw ToolError(
        .data,
        "\(file.name): its first \(mark.offset) bytes aren't those that were written" + remedy)
    }
  }

  /// Cuts off the rows after the mark: they are written again.
  func cut() throws {
    guard isCuttable else { return }
    try file.truncate(to: written)
    try file.seek(to: written)
    if written == 0 { try FileSystem.syncFolder(of: file.name) }
  }

  /// The mark of a file without rows: it tells which file it is.
  private func emptyMark() throws -> FilePrefix {
    let status = try FileStatus(of: file)
    return FilePrefix(ofEmptyFile: status.inode, on: status.device)
  }

  // MARK: Writing

  /// Writes a text after what is in the buffer.
  ///
  /// - Returns: false when a signal came before it was written
  func write(_ text: String) throws -> Bool {
    var text = text
    guard try flush() == nil else { return false }
    text.withUTF8 { bytes in unsafe buffer.append(UnsafeRawBufferPointer(bytes)) }
    return try flush() == nil
  }

  /// Writes what is in the buffer.
  ///
  /// - Returns: nil; or, when a signal came while the reader was slow, how many of the buffer's rows
  ///   were written. The others are dropped
  func flush() throws -> Int? {
    guard buffer.count > 0 else { return nil }
    defer { buffer.removeAll() }
    guard mayBlock else {
      unsafe try file.write(buffer.bytes)
      written += UInt64(buffer.count)
      return nil
    }
    let count = unsafe try file.writeUnlessInterrupted(buffer.bytes, pieces: piece)
    written += UInt64(count)
    return count == buffer.count
      ? nil : unsafe rows(in: UnsafeRawBufferPointer(rebasing: buffer.bytes.prefix(count)))
  }

  /// As many whole rows as a pipe takes in one piece, so that no row is torn. A longer row is
  /// written in several pieces.
  private func piece(of rest: UnsafeRawBufferPointer) -> Int {
    let most = OpenFile.pieceSize
    if rest.count <= most { return rest.count }
    if let rowSize { return rowSize <= most ? most / rowSize * rowSize : most }
    let end = unsafe rest.prefix(most).lastIndex(of: UInt8(ascii: "\n"))
    return end.map { $0 + 1 } ?? most
  }

  private func rows(in bytes: UnsafeRawBufferPointer) -> Int {
    if let rowSize { return bytes.count / rowSize }
    return unsafe bytes.reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
  }

  /// Writes what is in the buffer and makes a file's bytes durable.
  ///
  /// - Returns: the mark of all rows that were written
  func sync() throws -> FilePrefix {
    // No signal can interrupt this: an output that may block is flushed after every block.
    _ = try flush()
    guard isCuttable else { return FilePrefix(before: written, startingWith: []) }
    try file.syncData()
    return written == 0 ? try emptyMark() : try file.mark(before: written)
  }
}
