// SPDX-License-Identifier: MIT

import CLeat
import CSQLite
import LeatSupport

/// Where a database is, as SQLite will call it: an absolute path, with the links resolved that
/// SQLite resolves. The only path that a `Connection` takes.
///
/// A path of the caller's is always a file's name. Handed to SQLite as it is, one that begins with
/// `file:` would be a URI wherever SQLite was compiled with SQLITE_USE_URI, `:memory:` no file at
/// all, and the names beside the store ("-wal", "-lock") would be those of another file than the
/// one that SQLite opens. An absolute path is none of these: https://sqlite.org/uri.html
@safe struct StorePath: ~Copyable {
  private let path: PathBuffer

  init(_ path: UnsafePointer<CChar>) throws(Failure) {
    let name = unsafe ByteView(text: path)
    if name.count == 0 { throw Failure(LEAT_E_ARGUMENT, "path is empty") }
    if name.byte(at: name.count - 1) == UInt8(ascii: "/") {
      throw unsafe Failure(
        LEAT_E_ARGUMENT,
        "found a path with a slash at its end, expected a file's: '\(text: path)'")
    }
    guard let system = unsafe sqlite3_vfs_find(nil),
      let resolve = unsafe system.pointee.xFullPathname
    else { throw Failure(LEAT_E_MEMORY, "SQLite could not be initialised") }
    let size = unsafe Int(system.pointee.mxPathname) + 1
    let full = try unsafe SQLiteMemory.allocate(size).bindMemory(to: CChar.self, capacity: size)
    defer { unsafe SQLiteMemory.free(full) }
    unsafe full.initialize(repeating: 0, count: size)
    // SQLITE_OK_SYMLINK, which is none of the public codes, tells that there was a link.
    var result = unsafe resolve(system, path, Int32(size), full) & 0xff
    if result == SQLITE_OK, unsafe UInt8(bitPattern: full.pointee) != UInt8(ascii: "/") {
      result = SQLITE_CANTOPEN
    }
    if result != SQLITE_OK {
      throw unsafe Failure(
        sqlite: result, sqlite3_errstr(result), SystemError(0),
        """
        the path is too long (\(size) bytes or more without links), or its links go in a circle: \
        '\(text: path)'
        """)
    }
    self.path = try unsafe PathBuffer(full, "")
  }

  /// The path of a file beside another.
  init(beside other: borrowing StorePath, _ suffix: StaticString) throws(Failure) {
    path = try unsafe PathBuffer(other.text, suffix)
  }

  /// Ends with NUL, and lives as long as this.
  var text: UnsafePointer<CChar> { unsafe path.text }
}
