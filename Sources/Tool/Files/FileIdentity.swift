// SPDX-License-Identifier: MIT

#if canImport(FoundationEssentials)
  import FoundationEssentials
  import Glibc
#else
  import Foundation
#endif

/// Which file a path names, however it is spelt: one that is there by its device and number, one
/// that is still to be made by its folder's and its name in there.
struct FileIdentity: Equatable {
  /// Of the file or of its folder; nil where not even that is there.
  private let device: UInt64?
  /// The inode.
  let number: UInt64?
  /// nil of a file that is there.
  private let name: [UInt8]?
  private let isRegular: Bool

  init(_ path: String) {
    if let status = FileIdentity.status(of: path) {
      self.init(status, name: nil)
    } else {
      let (folder, name) = FileIdentity.parts(of: FileIdentity.followed(path))
      self.init(FileIdentity.status(of: folder), name: Array(name.utf8))
    }
  }

  init(_ status: stat) { self.init(status, name: nil) }

  var isThere: Bool { number != nil && name == nil }

  private init(_ status: stat?, name: [UInt8]?) {
    device = status.map { UInt64($0.st_dev) }
    number = status.map { UInt64($0.st_ino) }
    self.name = name
    // What is to be made will be one.
    isRegular = name != nil || status.map { $0.st_mode & S_IFMT == S_IFREG } ?? false
  }
}

extension FileIdentity {
  /// What the process reads and writes where no file is named; the file that a shell has opened.
  static let standardInput = "/dev/stdin"
  static let standardOutput = "/dev/stdout"

  /// Whether two paths are those of one regular file, which need not be there yet. Devices, pipes
  /// and terminals may be used twice.
  static func isSame(_ path: String, _ other: String) -> Bool {
    let identity = FileIdentity(path)
    return identity.isRegular && identity.number != nil && identity == FileIdentity(other)
  }

  private static func status(of path: String) -> stat? {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? status : nil
  }

  /// Where the links at the end of a path lead, also when nothing is there.
  static func followed(_ path: String) -> String {
    var path = path
    // As many as Linux follows.
    for _ in 0..<40 {
      var target = [UInt8](repeating: 0, count: Int(PATH_MAX))
      let count = unsafe target.withUnsafeMutableBytes { bytes in
        unsafe readlink(path, bytes.baseAddress!.assumingMemoryBound(to: CChar.self), bytes.count)
      }
      guard count > 0 else { break }
      let text = String(decoding: target[..<count], as: UTF8.self)
      path = text.hasPrefix("/") ? text : parts(of: path).folder + "/" + text
    }
    return path
  }

  private static func parts(of path: String) -> (folder: String, name: String) {
    // By bytes: a mark that combines with the slash before it is a part of the name.
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (".", path) }
    let name = path.utf8[path.utf8.index(after: slash)...]
    return (slash == path.startIndex ? "/" : String(path[..<slash]), String(Substring(name)))
  }
}
