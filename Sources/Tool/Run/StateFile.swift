// SPDX-License-Identifier: MIT

import LeatSamples

#if canImport(FoundationEssentials)
  import FoundationEssentials
  import Glibc
#else
  import Foundation
#endif

/// A file that holds one state.
enum StateFile {
  /// More than any state has: 2^31 bytes.
  private static let most = 1 << 31

  static func read(_ path: String) throws -> [UInt8] {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw ToolError(.noInput, "\(path): \(Descriptor.lastError)") }
    defer { close(file) }
    let size = try Descriptor.status(of: file, named: path).st_size
    guard size <= most else { throw ToolError(.data, "\(path): has \(size) bytes; no state has") }
    return try Descriptor.bytes(at: 0, count: Int(size), in: file, named: path)
  }
}
