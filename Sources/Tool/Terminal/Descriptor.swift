// SPDX-License-Identifier: MIT

#if canImport(FoundationEssentials)
  import FoundationEssentials
  import Glibc
#else
  import Foundation
#endif

/// The system's calls on open files, for those who write whole texts.
enum Descriptor {
  /// Writes all of it.
  ///
  /// - Parameter name: for the error
  static func write(_ text: String, to file: Int32, named name: String) throws {
    var text = text
    try text.withUTF8 { bytes in
      try unsafe write(UnsafeRawBufferPointer(bytes), to: file, named: name)
    }
  }

  static func write(_ bytes: UnsafeRawBufferPointer, to file: Int32, named name: String) throws {
    var rest = unsafe bytes[...]
    while unsafe !rest.isEmpty {
      let part = unsafe UnsafeRawBufferPointer(rebasing: rest)
      let count = unsafe Glibc.write(file, part.baseAddress, part.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw ToolError(.inputOutput, "\(name): \(lastError)")
      }
      unsafe rest = rest.dropFirst(count)
    }
  }

  /// What a pipe takes whole, and at once, when there is room for anything.
  static let piece = Int(PIPE_BUF)

  /// Writes to what may stall: a pipe, a terminal. A signal that ends the run ends the wait too.
  ///
  /// - Parameter pieces: how much of the rest is written next, at most `piece` bytes
  /// - Returns: how many bytes were written: fewer than all after a signal
  static func writeUnlessInterrupted(
    _ bytes: UnsafeRawBufferPointer, to file: Int32, named name: String,
    pieces: (UnsafeRawBufferPointer) -> Int = { min($0.count, piece) }
  ) throws -> Int {
    var rest = unsafe bytes
    while unsafe !rest.isEmpty {
      guard Interruption.waitToWrite(to: file) else { break }
      let count = unsafe Glibc.write(file, rest.baseAddress, pieces(rest))
      if count < 0 {
        if errno == EINTR || errno == EAGAIN { continue }
        throw ToolError(.inputOutput, "\(name): \(lastError)")
      }
      unsafe rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
    }
    return bytes.count - rest.count
  }

  /// What errno says.
  static var lastError: String { unsafe String(cString: strerror(errno)) }
}
