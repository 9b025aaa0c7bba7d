// SPDX-License-Identifier: MIT

import CLeat
import CSQLite
import LeatSupport

/// The path of a database as SQLite will use it: absolute, with the links resolved that SQLite
/// resolves. A `Connection` takes no other path.
///
/// To Leat a caller's path is always the name of a file. SQLite reads some paths in other ways: one
/// that begins with `file:` is a URI if SQLite was compiled with SQLITE_USE_URI, and `:memory:` is
/// no file. Then "-wal" and "-lock" would be beside another file than the one SQLite opens. An
/// absolute path has one meaning only: https://sqlite.org/uri.html
@safe struct StorePath: ~Copyable {
  private let buffer: PathBuffer

  init(_ path: FilePath, _ explanation: Explanation) throws(Failure) {
    let name = path.bytes
    if name.count == 0 { throw explanation.failure(LEAT_E_ARGUMENT, "path is empty") }
    if name.byte(at: name.count - 1) == UInt8(ascii: "/") {
      throw explanation.failure(
        LEAT_E_ARGUMENT,
        "found a path with a slash at its end, expected a file's: \(path)")
    }
    guard let system = unsafe sqlite3_vfs_find(nil),
      let resolve = unsafe system.pointee.xFullPathname
    else { throw explanation.failure(LEAT_E_MEMORY, "SQLite could not be initialised") }
    let size = unsafe Int(system.pointee.mxPathname) + 1
    let full = try unsafe SQLiteMemory.allocate(size, explanation)
      .bindMemory(to: CChar.self, capacity: size)
    defer { unsafe SQLiteMemory.free(full) }
    unsafe full.initialize(repeating: 0, count: size)
    // The low byte of SQLITE_OK_SYMLINK, which is no public code, is SQLITE_OK: there was a link.
    var result = unsafe resolve(system, path.text, Int32(size), full) & 0xff
    if result == SQLITE_OK, unsafe UInt8(bitPattern: full.pointee) != UInt8(ascii: "/") {
      result = SQLITE_CANTOPEN
    }
    if result != SQLITE_OK {
      throw unsafe explanation.failure(
        sqlite: result, sqlite3_errstr(result), SystemError(0),
        """
        the path is too long (\(size) bytes or more without links), or its links go in a circle: \
        \(path)
        """)
    }
    buffer = try unsafe PathBuffer(FilePath(full), "", explanation)
  }

  /// The path of a file beside another.
  init(
    beside other: borrowing StorePath, _ suffix: StaticString, _ explanation: Explanation
  ) throws(Failure) {
    buffer = try PathBuffer(other.path, suffix, explanation)
  }

  /// Valid as long as this.
  var path: FilePath { buffer.path }
}
