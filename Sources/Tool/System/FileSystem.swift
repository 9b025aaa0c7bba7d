// SPDX-License-Identifier: MIT

import Glibc

/// Names of files.
enum FileSystem {
  static func isReadable(_ path: String) -> Bool { unsafe access(path, R_OK) == 0 }

  static func isWritable(_ path: String) -> Bool { unsafe access(path, W_OK) == 0 }

  static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  /// The path without links; nil when it names no file.
  static func realPath(_ path: String) -> String? {
    guard let real = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(real) }
    return unsafe String(cString: real)
  }

  /// What a symbolic link says; nil of anything else.
  static func linkTarget(_ path: String) -> String? {
    var target = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = unsafe target.withUnsafeMutableBytes { bytes in
      unsafe readlink(path, bytes.baseAddress!.assumingMemoryBound(to: CChar.self), bytes.count)
    }
    return count > 0 ? String(decoding: target[..<count], as: UTF8.self) : nil
  }

  @discardableResult
  static func remove(_ path: String) -> Bool { unsafe unlink(path) == 0 }

  /// Gives a file a name, and takes this name from the file that has it.
  static func rename(_ path: String, to new: String) -> Bool {
    unsafe Glibc.rename(path, new) == 0
  }

  enum LinkResult { case done, exists, failure }

  /// Gives a file a second name, if no other file has it.
  static func link(_ path: String, as new: String) -> LinkResult {
    unsafe Glibc.link(path, new) == 0 ? .done : errno == EEXIST ? .exists : .failure
  }

  /// Makes a new file's name durable.
  static func syncFolder(of path: String) throws {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    let file = try OpenFile(folder, .folder, failure: .inputOutput)
    // Some file systems can't sync a folder, and there is nothing else to do.
    guard fsync(file.descriptor) == 0 || errno == EINVAL else {
      throw ToolError.system(.inputOutput, folder)
    }
  }

  /// Bytes that this user can still write to a folder's file system.
  static func freeBytes(in folder: String) -> UInt64? {
    var status = statvfs()
    guard unsafe statvfs(folder, &status) == 0 else { return nil }
    let (product, isTooMuch) = UInt64(status.f_bavail).multipliedReportingOverflow(
      by: UInt64(status.f_frsize))
    return isTooMuch ? .max : product
  }
}
