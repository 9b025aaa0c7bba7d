// SPDX-License-Identifier: MIT

import Glibc

extension OpenFile {
  /// Writes the whole text.
  func write(_ text: String) throws {
    var text = text
    try text.withUTF8 { bytes in try unsafe write(UnsafeRawBufferPointer(bytes)) }
  }

  /// Writes all of the bytes.
  func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = unsafe bytes
    while unsafe !rest.isEmpty {
      let count = unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw ToolError.system(.inputOutput, name)
      }
      unsafe rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
    }
  }

  /// The most bytes that a pipe takes in one piece, without waiting if it has room for them.
  static let pieceSize = Int(PIPE_BUF)

  /// Writes to a pipe or a terminal, whose reader may stop reading. A signal that ends the run ends
  /// the wait.
  ///
  /// - Parameter pieces: how many bytes of the rest are written next, at most `pieceSize`
  /// - Returns: how many bytes were written: fewer than all after a signal
  func writeUnlessInterrupted(
    _ bytes: UnsafeRawBufferPointer,
    pieces: (UnsafeRawBufferPointer) -> Int = { min($0.count, pieceSize) }
  ) throws -> Int {
    var rest = unsafe bytes
    while unsafe !rest.isEmpty {
      guard Interruption.waitToWrite(to: descriptor) else { break }
      let count = unsafe Glibc.write(descriptor, rest.baseAddress, pieces(rest))
      if count < 0 {
        if errno == EINTR || errno == EAGAIN { continue }
        throw ToolError.system(.inputOutput, name)
      }
      unsafe rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
    }
    return bytes.count - rest.count
  }

  func write(_ bytes: [UInt8], at offset: UInt64) throws {
    guard unsafe pwrite(descriptor, bytes, bytes.count, off_t(offset)) == bytes.count else {
      throw ToolError.system(.inputOutput, name)
    }
  }

  func truncate(to size: UInt64) throws {
    guard ftruncate(descriptor, off_t(size)) == 0 else {
      throw ToolError.system(.inputOutput, name)
    }
  }

  /// Makes the bytes durable.
  func syncData() throws {
    guard fdatasync(descriptor) == 0 else { throw ToolError.system(.inputOutput, name) }
  }

  /// Makes the bytes and the inode durable.
  func sync() throws {
    guard fsync(descriptor) == 0 else { throw ToolError.system(.inputOutput, name) }
  }
}
