// SPDX-License-Identifier: MIT

/// Which file a path names, however the path is spelt. A file that exists is known by its device and
/// its inode; a file that doesn't exist yet, by its folder's and by its name there.
struct FileIdentity: Equatable {
  /// Of the file or of its folder; nil when neither exists.
  private let device: UInt64?
  let inode: UInt64?
  /// nil of a file that exists.
  private let name: [UInt8]?
  private let isRegular: Bool

  init(_ path: String) {
    if let status = FileStatus(of: path) {
      self.init(status)
    } else {
      let (folder, name) = FileIdentity.parts(of: FileIdentity.followed(path))
      self.init(FileStatus(of: folder), name: Array(name.utf8))
    }
  }

  init(_ status: FileStatus) { self.init(status, name: nil) }

  private init(_ status: FileStatus?, name: [UInt8]?) {
    (device, inode, self.name) = (status?.device, status?.inode, name)
    // A file that is made will be a regular one.
    isRegular = name != nil || status?.kind == .regular
  }

  var exists: Bool { inode != nil && name == nil }
}

extension FileIdentity {
  /// What the process reads and writes when no file is named: a shell may have opened a file there.
  static let standardInput = "/dev/stdin"
  static let standardOutput = "/dev/stdout"

  /// Whether two paths name one regular file, which needn't exist yet. Devices, pipes and terminals
  /// may be used twice.
  static func isSame(_ path: String, _ other: String) -> Bool {
    let identity = FileIdentity(path)
    return identity.isRegular && identity.inode != nil && identity == FileIdentity(other)
  }

  /// The path that the links at the end of a path lead to, whether a file is there or not.
  static func followed(_ path: String) -> String {
    var path = path
    // Linux follows 40 links.
    for _ in 0..<40 {
      guard let target = FileSystem.linkTarget(path) else { break }
      path = target.hasPrefix("/") ? target : parts(of: path).folder + "/" + target
    }
    return path
  }

  static func parts(of path: String) -> (folder: String, name: String) {
    // By bytes: a combining character after the slash is a part of the name.
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (".", path) }
    let name = path.utf8[path.utf8.index(after: slash)...]
    return (slash == path.startIndex ? "/" : String(path[..<slash]), String(Substring(name)))
  }
}
