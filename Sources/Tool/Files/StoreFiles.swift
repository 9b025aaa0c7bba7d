// SPDX-License-Identifier: MIT

/// The files of a store: the database, and the files beside it that SQLite and Leat make.
///
/// Their names begin with the name of the database's file, wherever links to it are. A command that
/// has a store open opens none of them itself: when a process closes a database's file, it loses all
/// locks that SQLite holds on it.
struct StoreFiles {
  private static let suffixes = ["-wal", "-shm", "-journal", "-lock", "-lock.new"]

  /// The path that was given.
  private let path: String
  /// The database's path without links; when there is no such file, only links at its end are
  /// followed.
  let database: String

  init(of path: String) {
    self.path = path
    database = FileSystem.realPath(path) ?? FileIdentity.followed(path)
  }

  /// All of them, whether they exist or not: beside the path that was given, and without links.
  var paths: [String] {
    ([path, database] as [String]).flatMap { name in [name] + Self.suffixes.map { name + $0 } }
  }

  /// The store's file that a path names; nil when it is none of them.
  func file(at path: String) -> String? { paths.first { FileIdentity.isSame(path, $0) } }

  /// Refuses to read one of the store's files while the store is open.
  func requireOther(than path: String) throws {
    guard let own = file(at: path) else { return }
    throw ToolError(.usage, "\(path): is \(own), a file of the store; expected another")
  }
}
