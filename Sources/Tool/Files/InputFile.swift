// SPDX-License-Identifier: MIT

#if canImport(FoundationEssentials)
  import FoundationEssentials
  import Glibc
#else
  import Foundation
#endif

/// A file that is read whole: a state, a cursor.
enum InputFile {
  static func bytes(_ path: String) throws -> [UInt8] {
    try read(path, atMost: .max)
  }

  /// Its first bytes, by which it's told what it is.
  static func head(_ path: String, count: Int) throws -> [UInt8] {
    try read(path, atMost: count)
  }

  static func size(_ path: String) throws -> UInt64 {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      throw ToolError(.noInput, "\(path): \(Descriptor.lastError)")
    }
    return UInt64(status.st_size)
  }

  private static func read(_ path: String, atMost most: Int) throws -> [UInt8] {
    // What only the head is read of is read again, which a FIFO can't be; nor is one waited for.
    let isHead = most < .max
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC | (isHead ? O_NONBLOCK : 0))
    guard file >= 0 else { throw ToolError(.noInput, "\(path): \(Descriptor.lastError)") }
    defer { close(file) }
    if isHead { try requireRegular(file, path) }
    var bytes: [UInt8] = []
    while bytes.count < most {
      var part = [UInt8](repeating: 0, count: min(1 << 16, most - bytes.count))
      let count = unsafe Glibc.read(file, &part, part.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw ToolError(.inputOutput, "\(path): \(Descriptor.lastError)") }
      if count == 0 { break }
      bytes += part[..<count]
    }
    return bytes
  }

  private static func requireRegular(_ file: Int32, _ path: String) throws {
    let type = try Descriptor.status(of: file, named: path).st_mode & S_IFMT
    guard type != S_IFREG else { return }
    let found = type == S_IFDIR ? "a directory" : type == S_IFIFO ? "a FIFO" : "a device or socket"
    throw ToolError(.noInput, "\(path): found \(found), expected a regular file")
  }
}
