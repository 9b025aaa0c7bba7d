// SPDX-License-Identifier: MIT

import LeatSamples

#if canImport(FoundationEssentials)
  import FoundationEssentials
  import Glibc
#else
  import Foundation
#endif

/// Where outputs go: a file, or standard output.
final class OutputSink {
  let name: String
  let buffer: OutputBuffer
  private let descriptor: Int32
  /// Whether it is one that can be cut and read again; standard output isn't, even if it's a file.
  private let isFile: Bool
  /// Whether a write may wait for a reader: true of a pipe and a terminal.
  let mayStall: Bool
  /// Of a row of raw outputs; nil of lines of text.
  private let rowSize: Int?
  /// Bytes that have been written.
  private var written: UInt64 = 0

  /// Standard output.
  ///
  /// - Parameter mark: behind which it goes on, if it does
  init(behind mark: RunCursor.Mark?, rowSize: Int?, capacity: Int) throws {
    (name, descriptor, isFile) = ("standard output", STDOUT_FILENO, false)
    self.rowSize = rowSize
    mayStall = try Descriptor.status(of: descriptor, named: name).st_mode & S_IFMT != S_IFREG
    buffer = OutputBuffer(capacity: capacity)
    written = mark?.offset ?? 0
  }

  /// A file that is made, or that is there; `cut` makes it ready for writing.
  ///
  /// - Parameters:
  ///   - mark: behind which it goes on; nil for one that begins anew
  ///   - replaces: it may be one that something else wrote
  init(
    path: String, behind mark: RunCursor.Mark?, replaces: Bool, rowSize: Int?, capacity: Int
  ) throws {
    (name, self.rowSize) = (path, rowSize)
    let mayBeMade = mark.map { $0.offset == 0 } ?? true
    unsafe descriptor = open(path, O_RDWR | O_CLOEXEC | (mayBeMade ? O_CREAT : 0), 0o666)
    guard descriptor >= 0 else {
      throw ToolError(mayBeMade ? .cantCreate : .noInput, "\(path): \(Descriptor.lastError)")
    }
    isFile = try Descriptor.status(of: descriptor, named: path).st_mode & S_IFMT == S_IFREG
    mayStall = !isFile
    buffer = OutputBuffer(capacity: capacity)
    guard isFile, let mark else { return }
    written = mark.offset
    if mark.offset > 0 {
      try Self.check(descriptor, path, mark)
    } else if !replaces, try Descriptor.status(of: descriptor, named: path).st_size > 0,
      try mark != emptyMark()
    {
      throw ToolError(
        .cantCreate,
        "\(path): exists already, and isn't the file that the stream's rows were to go to; --force "
          + "replaces it")
    }
  }

  /// Cuts off what the file has behind the mark: rows that come again.
  func cut() throws {
    guard isFile else { return }
    guard ftruncate(descriptor, off_t(written)) == 0,
      lseek(descriptor, off_t(written), SEEK_SET) >= 0
    else { throw ToolError(.inputOutput, "\(name): \(Descriptor.lastError)") }
    if written == 0 { try Descriptor.syncFolder(of: name) }
  }

  /// Of a file that has nothing yet: which file it is.
  private func emptyMark() throws -> RunCursor.Mark {
    let status = try Descriptor.status(of: descriptor, named: name)
    return RunCursor.Mark(ofEmptyFile: UInt64(status.st_ino), on: UInt64(status.st_dev))
  }

  deinit { if descriptor != STDOUT_FILENO { close(descriptor) } }

  private static func check(_ file: Int32, _ path: String, _ mark: RunCursor.Mark) throws {
    let size = UInt64(try Descriptor.status(of: file, named: path).st_size)
    let remedy = "; it was changed, or is another file. --restart begins the stream anew"
    guard size >= mark.offset else {
      throw ToolError(
        .data, "\(path): has \(size) bytes, but \(mark.offset) were written before" + remedy)
    }
    let found = try Descriptor.mark(before: mark.offset, in: file, named: path)
    guard mark.agrees(with: found) else {
      throw ToolError(
        .data, "\(path): its first \(mark.offset) bytes aren't those that were written" + remedy)
    }
  }

  /// Writes a text after what waits.
  ///
  /// - Returns: false when a signal came before it was written
  func write(_ text: String) throws -> Bool {
    var text = text
    guard try flush() == nil else { return false }
    text.withUTF8 { bytes in unsafe buffer.append(UnsafeRawBufferPointer(bytes)) }
    return try flush() == nil
  }

  /// Writes what waits.
  ///
  /// - Returns: nil; or, when a signal came while nobody took them, how many rows were written of
  ///   those that waited. The others are given up.
  func flush() throws -> Int? {
    guard buffer.count > 0 else { return nil }
    defer { buffer.removeAll() }
    guard mayStall else {
      unsafe try Descriptor.write(buffer.bytes, to: descriptor, named: name)
      written += UInt64(buffer.count)
      return nil
    }
    let count = unsafe try Descriptor.writeUnlessInterrupted(
      buffer.bytes, to: descriptor, named: name, pieces: piece)
    written += UInt64(count)
    return count == buffer.count
      ? nil : unsafe rows(in: UnsafeRawBufferPointer(rebasing: buffer.bytes.prefix(count)))
  }

  /// Whole rows, as many as a pipe takes at once: so none is torn. One that is longer goes by pieces.
  private func piece(of rest: UnsafeRawBufferPointer) -> Int {
    let most = Descriptor.piece
    if rest.count <= most { return rest.count }
    if let rowSize { return rowSize <= most ? most / rowSize * rowSize : most }
    let end = unsafe rest.prefix(most).lastIndex(of: UInt8(ascii: "\n"))
    return end.map { $0 + 1 } ?? most
  }

  private func rows(in bytes: UnsafeRawBufferPointer) -> Int {
    if let rowSize { return bytes.count / rowSize }
    return unsafe bytes.reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
  }

  /// Writes what waits, through to the disk where there is one.
  ///
  /// - Returns: what is known of the bytes that have been written
  func sync() throws -> RunCursor.Mark {
    // What may stall is written block by block: nothing waits.
    _ = try flush()
    guard isFile else { return RunCursor.Mark(before: written, startingWith: []) }
    guard fdatasync(descriptor) == 0 else {
      throw ToolError(.inputOutput, "\(name): \(Descriptor.lastError)")
    }
    if written == 0 { return try emptyMark() }
    return try Descriptor.mark(before: written, in: descriptor, named: name)
  }
}
