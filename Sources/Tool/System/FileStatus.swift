// SPDX-License-Identifier: MIT

import Glibc

/// What stat(2) says about a file.
struct FileStatus {
  enum Kind: String {
    case regular = "a regular file"
    case folder = "a directory"
    case fifo = "a FIFO"
    case other = "a device or socket"
  }

  let kind: Kind
  let device, inode, size, links: UInt64
  /// When its bytes, and when its bytes or its inode, last changed: Unix time in milliseconds.
  let modified, changed: Int64

  /// - Returns: nil when nothing is at the path; links are followed
  init?(of path: String) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  init(of file: OpenFile) throws {
    var status = stat()
    guard unsafe fstat(file.descriptor, &status) == 0 else {
      throw ToolError.system(.inputOutput, file.name)
    }
    self.init(status)
  }

  private init(_ status: stat) {
    kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .regular
      case S_IFDIR: .folder
      case S_IFIFO: .fifo
      default: .other
      }
    (device, inode) = (UInt64(status.st_dev), UInt64(status.st_ino))
    (size, links) = (UInt64(max(0, status.st_size)), UInt64(status.st_nlink))
    modified = Clock.milliseconds(of: status.st_mtim)
    changed = Clock.milliseconds(of: status.st_ctim)
  }
}
