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
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw ToolError(.noInput, "\(path): \(Descriptor.lastError)") }
    defer { close(file) }
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
}
