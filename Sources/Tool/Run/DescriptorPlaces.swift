// SPDX-License-Identifier: MIT

import LeatSamples

#if canImport(FoundationEssentials)
  import FoundationEssentials
  import Glibc
#else
  import Foundation
#endif

/// What a run asks of open files.
extension Descriptor {
  static func status(of file: Int32, named name: String) throws -> stat {
    var status = stat()
    guard unsafe fstat(file, &status) == 0 else {
      throw ToolError(.inputOutput, "\(name): \(lastError)")
    }
    return status
  }

  /// So many bytes from an offset on, or fewer at the end of the file.
  static func bytes(
    at offset: UInt64, count: Int, in file: Int32, named name: String
  ) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let part = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe pread(
          file, buffer.baseAddress! + done, count - done, off_t(offset) + off_t(done))
      }
      if part < 0 && errno == EINTR { continue }
      guard part >= 0 else { throw ToolError(.inputOutput, "\(name): \(lastError)") }
      if part == 0 { break }
      done += part
    }
    return Array(bytes.prefix(done))
  }

  static func mark(
    before offset: UInt64, in file: Int32, named name: String
  ) throws -> RunCursor.Mark {
    try RunCursor.Mark(before: offset) { offset, count in
      try bytes(at: offset, count: count, in: file, named: name)
    }
  }

  /// Makes a new file's name durable.
  static func syncFolder(of path: String) throws {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    let file = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard file >= 0 else { throw ToolError(.inputOutput, "\(folder): \(lastError)") }
    defer { close(file) }
    // Some file systems can't: then there is nothing to be had.
    guard fsync(file) == 0 || errno == EINVAL else {
      throw ToolError(.inputOutput, "\(folder): \(lastError)")
    }
  }
}
