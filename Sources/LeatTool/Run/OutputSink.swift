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

  /// A file that is made, or emptied; or one that goes on behind a mark: what it has behind that
  /// is cut off.
  init(path: String, behind mark: RunCursor.Mark?, capacity: Int) throws {
    name = path
    let mayBeMade = mark.map { $0.offset == 0 } ?? true
    unsafe descriptor = open(path, O_RDWR | O_CLOEXEC | (mayBeMade ? O_CREAT : 0), 0o666)
    guard descriptor >= 0 else {
      throw ToolError(mayBeMade ? .cantCreate : .noInput, "\(path): \(Descriptor.lastError)")
    }
    isFile = try Descriptor.status(of: descriptor, named: path).st_mode & S_IFMT == S_IFREG
    buffer = OutputBuffer(capacity: capacity)
    guard isFile else { return }
    let offset = mark?.offset ?? 0
    if let mark { try Self.check(descriptor, path, mark) }
    guard ftruncate(descriptor, off_t(offset)) == 0,
      lseek(descriptor, off_t(offset), SEEK_SET) >= 0
    else { throw ToolError(.inputOutput, "\(path): \(Descriptor.lastError)") }
    written = offset
    if offset == 0 { try Descriptor.syncFolder(of: path) }
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
    return try Descriptor.mark(before: written, in: descriptor, named: name)
  }
}
