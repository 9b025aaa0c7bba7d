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

  /// What errno says.
  static var lastError: String { unsafe String(cString: strerror(errno)) }
}
