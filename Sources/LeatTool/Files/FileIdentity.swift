// SPDX-License-Identifier: MIT

#if canImport(FoundationEssentials)
  import FoundationEssentials
  import Glibc
#else
  import Foundation
#endif

/// Which file a path names; that of none is like no other.
struct FileIdentity: Equatable {
  private let device, number: UInt64?

  init(_ path: String) {
    var status = stat()
    let isThere = unsafe stat(path, &status) == 0
    device = isThere ? UInt64(status.st_dev) : nil
    number = isThere ? UInt64(status.st_ino) : nil
  }
}

extension FileIdentity {
  /// Whether two paths are those of one file, which need not be there yet.
  static func isSame(_ path: String, _ other: String) -> Bool {
    if path == other { return true }
    let identity = FileIdentity(path)
    return identity.isThere && identity == FileIdentity(other)
  }

  private var isThere: Bool { number != nil }
}
