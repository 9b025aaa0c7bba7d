// SPDX-License-Identifier: MIT

import LeatSamples

#if canImport(FoundationEssentials)
  import FoundationEssentials
  import Glibc
#else
  import Foundation
#endif

/// A file, or standard input.
final class InputSource {
  let name: String
  /// Bytes of a file that can be read at any place; nil of a pipe, a terminal, a device.
  var size: UInt64? { isFile ? try? fileSize() : nil }
  let isFile: Bool
  private let descriptor: Int32
  /// The first bytes that were read, for what can't be read again.
  private var start: [UInt8] = []
  /// The checkpoint's mark, where only the rest of an input is read.
  private var inherited: RunCursor.Mark?

  /// - Parameter path: "-" for standard input
  init(path: String) throws {
    if path == "-" {
      (name, descriptor) = ("standard input", STDIN_FILENO)
    } else {
      name = path
      unsafe descriptor = open(path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw ToolError(.noInput, "\(path): \(Descriptor.lastError)") }
    }
    let type = try Descriptor.status(of: descriptor, named: name).st_mode & S_IFMT
    guard type != S_IFDIR else { throw ToolError(.noInput, "\(name): is a folder") }
    // A file that another program has read a part of is no better than a pipe.
    isFile = type == S_IFREG && lseek(descriptor, 0, SEEK_CUR) == 0
  }

  deinit { if descriptor != STDIN_FILENO { close(descriptor) } }

  enum Readiness { case bytes, timeout, interruption }

  /// Waits until there are bytes, or the input has ended.
  ///
  /// - Parameter seconds: how long at most; nil for ever
  func wait(seconds: Double?) throws -> Readiness {
    var both = [
      pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: Interruption.descriptor, events: Int16(POLLIN), revents: 0),
    ]
    let milliseconds = seconds.map { Int32(max(0, min($0 * 1000, 1e9)).rounded(.up)) } ?? -1
    guard unsafe poll(&both, 2, milliseconds) >= 0 else {
      if errno == EINTR { return .interruption }
      throw ToolError(.inputOutput, "\(name): \(Descriptor.lastError)")
    }
    if both[1].revents != 0 { return .interruption }
    return both[0].revents != 0 ? .bytes : .timeout
  }

  /// - Returns: how many bytes it has added to the buffer; 0 at the end
  func read(into buffer: InputBuffer) throws -> Int {
    let count = unsafe try buffer.add(most: 1 << 18) { room in
      while true {
        let count = unsafe Glibc.read(descriptor, room.baseAddress, room.count)
        if count >= 0 { return count }
        guard errno == EINTR else {
          throw ToolError(.inputOutput, "\(name): \(Descriptor.lastError)")
        }
      }
    }
    if !isFile && start.count < RunCursor.Mark.span {
      unsafe start += buffer.bytes.suffix(count).prefix(RunCursor.Mark.span - start.count)
    }
    return count
  }

  // MARK: Places

  /// What is known of the bytes before a place that was read.
  func mark(at offset: UInt64) throws -> RunCursor.Mark {
    if isFile { return try Descriptor.mark(before: offset, in: descriptor, named: name) }
    if let inherited { return inherited.moved(to: offset, next: start) }
    return RunCursor.Mark(before: offset, startingWith: start)
  }

  /// Goes to the place behind a mark, and checks that the bytes before it are the same.
  func resume(behind mark: RunCursor.Mark, throughout buffer: InputBuffer) throws {
    if let size {
      guard size >= mark.offset else {
        throw ToolError(
          .data, "\(name): has \(size) bytes, but \(mark.offset) were read before; \(another)")
      }
      guard try mark.agrees(with: self.mark(at: mark.offset)) else { throw changed(mark) }
      guard lseek(descriptor, off_t(mark.offset), SEEK_SET) >= 0 else {
        throw ToolError(.inputOutput, "\(name): \(Descriptor.lastError)")
      }
      return
    }
    var passed: UInt64 = 0
    while passed < mark.offset {
      while try wait(seconds: nil) == .interruption {
        if let signal = Interruption.signal() { Interruption.end(by: signal) }
      }
      if try read(into: buffer) == 0 {
        throw ToolError(
          .data,
          "\(name): ended after \(passed) bytes, but \(mark.offset) were read before; "
            + another)
      }
      let count = min(UInt64(buffer.count), mark.offset - passed)
      buffer.take(Int(count))
      passed += count
      if let signal = Interruption.signal() { Interruption.end(by: signal) }
    }
    guard try mark.agrees(with: self.mark(at: mark.offset)) else { throw changed(mark) }
  }

  /// What is read is the rest, behind a mark.
  func beginBehind(_ mark: RunCursor.Mark) { inherited = mark }

  private var another: String {
    "is it another input? --restart begins the stream anew, another --stream keeps this one"
  }

  private func changed(_ mark: RunCursor.Mark) -> ToolError {
    ToolError(
      .data,
      "\(name): the \(mark.offset) bytes before the checkpoint aren't those that were read; "
        + another)
  }

  /// Whether a file that is followed has been cut.
  func checkSize(atLeast offset: UInt64) throws {
    guard let size, size < offset else { return }
    throw ToolError(
      .data, "\(name): was cut to \(size) bytes while it was followed; \(offset) were read")
  }

  private func fileSize() throws -> UInt64 {
    UInt64(try Descriptor.status(of: descriptor, named: name).st_size)
  }
}
