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
  private let isFile: Bool
  /// Bytes that have been written.
  private var written: UInt64 = 0

  /// Standard output.
  init(capacity: Int) {
    (name, descriptor, isFile) = ("standard output", STDOUT_FILENO, false)
    buffer = OutputBuffer(capacity: capacity)
  }

  /// A file that is made, or that is there; `cut` makes it ready for writing.
  ///
  /// - Parameters:
  ///   - mark: behind which it goes on; nil for one that begins anew
  ///   - replaces: it may be one that something else wrote
  init(path: String, behind mark: RunCursor.Mark?, replaces: Bool, capacity: Int) throws {
    name = path
    let mayBeMade = mark.map { $0.offset == 0 } ?? true
    unsafe descriptor = open(path, O_RDWR | O_CLOEXEC | (mayBeMade ? O_CREAT : 0), 0o666)
    guard descriptor >= 0 else {
      throw ToolError(mayBeMade ? .cantCreate : .noInput, "\(path): \(Descriptor.lastError)")
    }
    isFile = try Descriptor.status(of: descriptor, named: path).st_mode & S_IFMT == S_IFREG
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

  var isTerminal: Bool { descriptor == STDOUT_FILENO && Terminal.outputIsTerminal }

  /// Writes a text behind what waits.
  func write(_ text: String) throws {
    try flush()
    try Descriptor.write(text, to: descriptor, named: name)
    written += UInt64(text.utf8.count)
  }

  /// Writes what waits.
  func flush() throws {
    guard buffer.count > 0 else { return }
    unsafe try Descriptor.write(buffer.bytes, to: descriptor, named: name)
    written += UInt64(buffer.count)
    buffer.removeAll()
  }

  /// Writes what waits, through to the disk where there is one.
  ///
  /// - Returns: what is known of the bytes that have been written
  func sync() throws -> RunCursor.Mark {
    try flush()
    guard isFile else { return RunCursor.Mark(before: written, startingWith: []) }
    guard fdatasync(descriptor) == 0 else {
      throw ToolError(.inputOutput, "\(name): \(Descriptor.lastError)")
    }
    if written == 0 { return try emptyMark() }
    return try Descriptor.mark(before: written, in: descriptor, named: name)
  }
}
