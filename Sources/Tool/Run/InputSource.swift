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
  /// Which file it is.
  let identity: FileIdentity
  /// Whether its bytes can be read at any place; not those of a pipe, a terminal, a device.
  let isFile: Bool
  private let descriptor: Int32
  /// Bytes that were read, with those before the place where reading began.
  private var offset: UInt64 = 0
  /// The first of them.
  private var start: [UInt8] = []
  /// When a file's bytes had last changed when the last of them were read: Unix time in milliseconds.
  private(set) var changedWhenRead: Int64 = 0
  /// The checkpoint's mark, where only the rest of an input is read.
  private var inherited: RunCursor.Mark?

  /// - Parameter path: "-" for standard input
  init(path: String) throws {
    if path == "-" {
      (name, descriptor) = ("standard input", STDIN_FILENO)
    } else {
      name = path
      descriptor = try Self.open(path)
    }
    let status = try Descriptor.status(of: descriptor, named: name)
    identity = FileIdentity(status)
    let type = status.st_mode & S_IFMT
    guard type != S_IFDIR else { throw ToolError(.noInput, "\(name): is a folder") }
    // A file that another program has read a part of is no better than a pipe.
    isFile = type == S_IFREG && lseek(descriptor, 0, SEEK_CUR) == 0
  }

  private static func open(_ path: String) throws -> Int32 {
    while true {
      let file = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
      if file >= 0 { return file }
      // A FIFO is waited for until somebody writes to it.
      if let signal = Interruption.signal() { Interruption.end(by: signal) }
      guard errno == EINTR else { throw ToolError(.noInput, "\(path): \(Descriptor.lastError)") }
    }
  }

  deinit { if descriptor != STDIN_FILENO { close(descriptor) } }

  /// Bytes of a file; nil of what isn't one.
  var size: UInt64? { (try? status).flatMap { isFile ? UInt64($0.st_size) : nil } }

  /// When a file's bytes, or what is known of it, last changed: Unix time in milliseconds.
  var changed: (bytes: Int64, status: Int64)? {
    (try? status).map { ($0.st_mtim.milliseconds, $0.st_ctim.milliseconds) }
  }

  private var status: stat {
    get throws { try Descriptor.status(of: descriptor, named: name) }
  }

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

  // MARK: Reading

  /// - Returns: how many bytes it has added to the buffer; 0 at the end
  func read(into buffer: InputBuffer) throws -> Int {
    guard let count = try readUnlessChanged(into: buffer) else {
      throw SampleError(
        "was cut or written over while it was read: the \(offset) bytes that were read aren't in it"
      )
    }
    return count
  }

  /// - Returns: nil, and adds nothing, when what was read before of a file isn't in it any more: then
  ///   nobody knows what the bytes there are
  func readUnlessChanged(into buffer: InputBuffer) throws -> Int? {
    var isUnchanged = true
    let count = try unsafe buffer.add(most: 1 << 18) { room in
      let count = unsafe try readOnce(into: room)
      // Afterwards: else they could change in between. The room comes after the bytes before it.
      isUnchanged = try hasStill(buffer)
      return isUnchanged ? count : 0
    }
    guard isUnchanged else { return nil }
    let missing = RunCursor.Mark.span - start.count
    if missing > 0 && offset == UInt64(start.count) {
      unsafe start += buffer.lastAdded(count).prefix(missing)
    }
    offset += UInt64(count)
    if isFile && count > 0, let changed { changedWhenRead = changed.bytes }
    return count
  }

  private func readOnce(into room: UnsafeMutableRawBufferPointer) throws -> Int {
    while true {
      let count = unsafe Glibc.read(descriptor, room.baseAddress, room.count)
      if count >= 0 { return count }
      guard errno == EINTR else {
        throw ToolError(.inputOutput, "\(name): \(Descriptor.lastError)")
      }
    }
  }

  /// Whether a file holds the first and the last bytes that were read.
  private func hasStill(_ buffer: InputBuffer) throws -> Bool {
    guard isFile && offset > 0 else { return true }
    let last = unsafe Array(
      buffer.lastAdded(Int(min(offset, UInt64(RunCursor.Mark.span)))))
    return try bytes(at: 0, count: start.count) == start
      && bytes(at: offset - UInt64(last.count), count: last.count) == last
  }

  private func bytes(at offset: UInt64, count: Int) throws -> [UInt8] {
    try Descriptor.bytes(at: offset, count: count, in: descriptor, named: name)
  }

  // MARK: Places

  /// What is known of the bytes before a place, from what was read: in a file they may be others by
  /// now.
  func mark(at offset: UInt64, _ buffer: InputBuffer) -> RunCursor.Mark {
    if let inherited { return inherited.moved(to: offset, next: start) }
    let last = unsafe Array(
      buffer.lastTaken(Int(min(offset, UInt64(RunCursor.Mark.span)))))
    // While a line that is too long is passed over, the bytes before it are gone.
    let isThere = self.offset - UInt64(buffer.count) == offset
    return RunCursor.Mark(
      before: offset, startingWith: start, endingWith: isFile && isThere ? last : nil)
  }

  /// Whether the bytes before a place are those of a mark.
  func holds(_ mark: RunCursor.Mark) throws -> Bool {
    guard let size, size >= mark.offset else { return false }
    return try mark.agrees(
      with: Descriptor.mark(before: mark.offset, in: descriptor, named: name))
  }

  /// Goes to the place after a mark in a file that holds it, or to the start.
  func go(behind mark: RunCursor.Mark?, _ buffer: InputBuffer) throws {
    offset = mark?.offset ?? 0
    let count = Int(min(offset, UInt64(RunCursor.Mark.span)))
    start = try bytes(at: 0, count: count)
    let last = try bytes(at: offset - UInt64(count), count: count)
    guard lseek(descriptor, off_t(offset), SEEK_SET) >= 0 else {
      throw ToolError(.inputOutput, "\(name): \(Descriptor.lastError)")
    }
    buffer.removeAll()
    let added = unsafe buffer.add { room in
      unsafe room.copyBytes(from: last)
      return last.count
    }
    buffer.take(added)
  }

  /// Reads a pipe up to the place after a mark, and checks that it's the same input.
  func pass(to mark: RunCursor.Mark, _ buffer: InputBuffer) throws {
    var passed: UInt64 = 0
    while passed < mark.offset {
      while try wait(seconds: nil) == .interruption {
        if let signal = Interruption.signal() { Interruption.end(by: signal) }
      }
      if try read(into: buffer) == 0 {
        throw ToolError(
          .data,
          "\(name): ended after \(passed) bytes, but \(mark.offset) were read before; is it another "
            + "input? --restart begins the stream anew, another --stream keeps this one")
      }
      let count = min(UInt64(buffer.count), mark.offset - passed)
      buffer.take(Int(count))
      passed += count
      if let signal = Interruption.signal() { Interruption.end(by: signal) }
    }
    guard mark.agrees(with: self.mark(at: mark.offset, buffer)) else {
      throw ToolError(
        .data,
        "\(name): the \(mark.offset) bytes before the checkpoint aren't those that were read; is it "
          + "another input? If it goes on where that one ended, --input-is rest takes all of it; "
          + "--restart begins the stream anew")
    }
  }

  /// What is read is the rest, behind a mark.
  func beginBehind(_ mark: RunCursor.Mark) { inherited = mark }
}

extension timespec {
  fileprivate var milliseconds: Int64 { Int64(tv_sec) * 1000 + Int64(tv_nsec) / 1_000_000 }
}
