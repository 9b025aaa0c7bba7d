// SPDX-License-Identifier: MIT

import LeatSamples

/// Reads a file or standard input for samples, and tells whether it is the input that was read
/// before.
///
/// A run that resumes must find its place again, in an input that may have been replaced, cut or
/// overwritten meanwhile. A checkpoint has a `FilePrefix` for that: how many bytes were read,
/// and checksums of the first and the last 4,096 of them. A file can be compared with a mark at any
/// time, since its bytes can be read again at any offset. For a pipe, the first bytes are kept here,
/// and the buffer still has the last ones.
final class InputSource {
  let name: String
  /// Which file it is.
  let identity: FileIdentity
  /// Whether it can be read at any offset; false of a pipe, a terminal and a device.
  let isFile: Bool
  private let file: OpenFile
  /// How many bytes have been read, with those before the offset where reading began.
  private var offset: UInt64 = 0
  /// The first of them.
  private var start: [UInt8] = []
  /// When the file had last changed, at the time of the last read: Unix time in milliseconds.
  private(set) var modifiedWhenRead: Int64 = 0
  /// The checkpoint's mark, when the input begins after it.
  private var inherited: FilePrefix?

  /// - Parameter path: "-" for standard input
  init(path: String) throws {
    file = path == "-" ? .standardInput : try OpenFile(path, .read)
    name = file.name
    let status = try FileStatus(of: file)
    identity = FileIdentity(status)
    guard status.kind != .folder else {
      throw ToolError(.noInput, "\(name): found a directory, expected a file")
    }
    // A file that another program has read a part of is treated as a pipe.
    isFile = status.kind == .regular && file.isAtStart
  }

  private var status: FileStatus? { try? FileStatus(of: file) }

  /// Bytes of a file; nil of a pipe.
  var size: UInt64? { isFile ? status?.size : nil }

  /// When the file's bytes or its inode last changed: Unix time in milliseconds.
  var changed: Int64? { status?.changed }

  /// Waits until there are bytes to read, or the input has ended, or a signal comes.
  ///
  /// - Parameter seconds: how long at most; nil for ever
  /// - Returns: whether a read will not wait
  func wait(seconds: Double?) throws -> Bool {
    let isReady = try Poll.readable([file.descriptor, Interruption.descriptor], seconds: seconds)
    return isReady[0] && !isReady[1]
  }

  // MARK: Reading

  /// - Returns: how many bytes were added to the buffer; 0 at the end
  func read(into buffer: InputBuffer) throws -> Int {
    guard let count = try readUnlessChanged(into: buffer) else {
      throw SampleError(
        "was cut or overwritten while it was read: the \(offset) bytes that were read aren't in it"
      )
    }
    return count
  }

  /// - Returns: nil, and adds nothing, when the bytes that were read before aren't in the file any
  ///   more: then the new ones don't continue them
  func readUnlessChanged(into buffer: InputBuffer) throws -> Int? {
    var isUnchanged = true
    let count = try unsafe buffer.add(most: 1 << 18) { room in
      let count = unsafe try file.read(into: room)
      // After the read: a check before it could miss a change.
      isUnchanged = try holdsWhatWasRead(buffer)
      return isUnchanged ? count : 0
    }
    guard isUnchanged else { return nil }
    let missing = FilePrefix.span - start.count
    if missing > 0 && offset == UInt64(start.count) {
      unsafe start += buffer.lastAdded(count).prefix(missing)
    }
    offset += UInt64(count)
    if isFile && count > 0, let status { modifiedWhenRead = status.modified }
    return count
  }

  /// Whether a file still has the first and the last bytes that were read of it.
  private func holdsWhatWasRead(_ buffer: InputBuffer) throws -> Bool {
    guard isFile && offset > 0 else { return true }
    let last = unsafe Array(
      buffer.lastAdded(Int(min(offset, UInt64(FilePrefix.span)))))
    return try file.bytes(at: 0, count: start.count) == start
      && file.bytes(at: offset - UInt64(last.count), count: last.count) == last
  }
}

// MARK: - Marks

extension InputSource {
  /// The mark of the bytes before an offset, from what was read: the file may have changed since.
  func mark(at offset: UInt64, _ buffer: InputBuffer) -> FilePrefix {
    if let inherited { return inherited.extended(to: offset, next: start) }
    let last = unsafe Array(
      buffer.lastRemoved(Int(min(offset, UInt64(FilePrefix.span)))))
    // While a line that is too long is skipped, the bytes before it aren't in the buffer.
    let isInBuffer = self.offset - UInt64(buffer.count) == offset
    return FilePrefix(
      before: offset, startingWith: start, endingWith: isFile && isInBuffer ? last : nil)
  }

  /// Whether the file begins with the bytes of a mark.
  func holds(_ mark: FilePrefix) throws -> Bool {
    guard let size, size >= mark.offset else { return false }
    return try mark.agrees(with: file.mark(before: mark.offset))
  }

  /// Goes to the offset of a mark in a file that holds it, or to the start.
  func seek(to mark: FilePrefix?, _ buffer: InputBuffer) throws {
    offset = mark?.offset ?? 0
    let count = Int(min(offset, UInt64(FilePrefix.span)))
    start = try file.bytes(at: 0, count: count)
    let last = try file.bytes(at: offset - UInt64(count), count: count)
    try file.seek(to: offset)
    buffer.removeAll()
    let added = unsafe buffer.add { room in
      unsafe room.copyBytes(from: last)
      return last.count
    }
    buffer.removeFirst(added)
  }

  /// Reads a pipe up to a mark, and checks that it is the same input.
  func skip(to mark: FilePrefix, _ buffer: InputBuffer) throws {
    var skipped: UInt64 = 0
    while skipped < mark.offset {
      while try !wait(seconds: nil) { Interruption.endIfSignalled() }
      if try read(into: buffer) == 0 {
        throw ToolError(
          .data,
          "\(name): found \(skipped) bytes, expected at least \(mark.offset), which were read "
            + "before; is it another input? --restart starts the stream over, another --stream keeps this one"
        )
      }
      let count = min(UInt64(buffer.count), mark.offset - skipped)
      buffer.removeFirst(Int(count))
      skipped += count
      Interruption.endIfSignalled()
    }
    guard mark.agrees(with: self.mark(at: mark.offset, buffer)) else {
      throw ToolError(
        .data,
        "\(name): the \(mark.offset) bytes before the checkpoint aren't those that were read; is it "
          + "another input? If it continues where that one ended, --input-is rest reads all of it; "
          + "--restart starts the stream over")
    }
  }

  /// The input continues after a mark, with its first byte.
  func begin(after mark: FilePrefix) { inherited = mark }
}

extension OpenFile {
  func mark(before offset: UInt64) throws -> FilePrefix {
    try FilePrefix(before: offset) { offset, count in try bytes(at: offset, count: count) }
  }
}
