// SPDX-License-Identifier: MIT

#if canImport(FoundationEssentials)
  import FoundationEssentials
  import Glibc
#else
  import Foundation
#endif

/// Which file a path names; that of none is like no other.
struct FileIdentity: Equatable {
  private let device: UInt64?
  /// Its inode.
  let number: UInt64?

  init(_ path: String) {
    var status = stat()
    self.init(unsafe stat(path, &status) == 0 ? status : nil)
  }

  init(_ status: stat?) {
    device = status.map { UInt64($0.st_dev) }
    number = status.map { UInt64($0.st_ino) }
  }
}

extension FileIdentity {
  /// Whether two paths are those of one file, which need not be there yet.
  static func isSame(_ path: String, _ other: String) -> Bool {
    if path == other { return true }
    let identity = FileIdentity(path)
    return identity.isThere && identity == FileIdentity(other)
  }

  var isThere: Bool { number != nil }
}
