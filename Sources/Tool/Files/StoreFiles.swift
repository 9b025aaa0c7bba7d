// SPDX-License-Identifier: MIT

#if canImport(FoundationEssentials)
  import FoundationEssentials
  import Glibc
#else
  import Foundation
#endif

/// The files of a store: the database, and what SQLite and Leat put beside it.
///
/// They go by the name of the database's file, whatever links lead to it. A command that has a store
/// open opens none of them itself: to close a database drops the locks that SQLite holds on it for
/// the whole process.
struct StoreFiles {
  private static let suffixes = ["-wal", "-shm", "-journal", "-lock", "-lock.new"]

  /// The path that was given.
  private let path: String
  /// The database, with links resolved: those of folders only if there is a file.
  let database: String

  init(of path: String) {
    self.path = path
    guard let real = unsafe realpath(path, nil) else {
      database = FileIdentity.followed(path)
      return
    }
    defer { unsafe free(real) }
    unsafe database = String(cString: real)
  }

  /// All of them, which need not be there: by the path that was given, and without links.
  var paths: [String] {
    ([path, database] as [String]).flatMap { name in [name] + Self.suffixes.map { name + $0 } }
  }

  /// The store's file that a path names; nil when it's none of them.
  func file(at path: String) -> String? { paths.first { FileIdentity.isSame(path, $0) } }

  /// Throws when a file that is read while the store is open is one of its files.
  func requireOther(than path: String) throws {
    guard let own = file(at: path) else { return }
    throw ToolError(.usage, "\(path): is \(own), a file of the store; expected another")
  }
}
