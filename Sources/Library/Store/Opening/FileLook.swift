// SPDX-License-Identifier: MIT

import CHosted
import CLeat
import CStoreFiles
import LeatSupport

/// What bears a name, found out without opening it.
///
/// Leat looks before it opens, and before it has SQLite open. A FIFO where a store or its
/// "-journal" is expected would be waited for without end. A hard link to the database, opened and
/// closed once, would take from SQLite the locks that it holds on that file. And SQLite writes to
/// the "-wal" and "-shm" that it finds and, run by root, gives them to the store's owner, whatever
/// other name the file has.
struct FileLook {
  private let look: leat_file_look
  private let error: SystemError

  /// Symbolic links are looked at, not followed.
  init(_ path: UnsafePointer<CChar>) {
    look = unsafe leat_files_look(path)
    error = .last
  }

  /// Of an open file.
  init(at file: Int32) {
    look = leat_files_look_at(file)
    error = .last
  }

  /// It can't be looked at, such as in a folder that this process may not enter any more.
  var isUnknown: Bool { look.kind == LEAT_FILE_UNKNOWN.rawValue }
  var isNone: Bool { look.kind == LEAT_FILE_NONE.rawValue }
  var isThere: Bool { look.kind > LEAT_FILE_NONE.rawValue }
  var isRegular: Bool { look.kind == LEAT_FILE_REGULAR.rawValue }
  /// Whether it is something that is no file with bytes in it. Of what can't be looked at that is
  /// not said: who goes on to open it gets the system's reason.
  var isForeign: Bool { look.kind > LEAT_FILE_REGULAR.rawValue }
  /// Hard links; 0 when nothing is there.
  var names: UInt64 { look.names }
  var isMountPoint: Bool { look.is_mount_point != 0 }

  /// Whether both are one file.
  func isSame(as other: FileLook) -> Bool {
    isThere && look.device == other.look.device && look.file == other.look.file
  }

  /// What was found, for a message.
  var words: Message {
    switch UInt32(look.kind) {
    case LEAT_FILE_NONE.rawValue: "nothing"
    case LEAT_FILE_REGULAR.rawValue where names > 1: "a file with \(names) names"
    case LEAT_FILE_REGULAR.rawValue: "a file"
    case LEAT_FILE_FOLDER.rawValue: "a directory"
    case LEAT_FILE_PIPE.rawValue: "a FIFO"
    case LEAT_FILE_SOCKET.rawValue: "a socket"
    case LEAT_FILE_DEVICE.rawValue: "a device"
    case LEAT_FILE_LINK.rawValue: "a symbolic link"
    default: "what can't be looked at (\(error))"
    }
  }
}

extension FileLook {
  /// Throws unless SQLite may open a store at `path`: there and beside it is nothing, or what may
  /// be a file of the store's own.
  static func requireFiles(ofStore path: borrowing StorePath) throws(Failure) {
    let store = unsafe FileLook(path.text)
    if store.isForeign {
      throw unsafe Failure(
        LEAT_E_NOT_STORE, "found \(store.words), expected a store's file: '\(text: path.text)'")
    }
    try unsafe requireOwn(PathBuffer(path.text, "-wal"))
    try unsafe requireOwn(PathBuffer(path.text, "-shm"))
    try unsafe requireOwn(PathBuffer(path.text, "-journal"))
    // Who only looks at a store doesn't write to this one, and a writer looks again.
    try unsafe requireOwn(PathBuffer(path.text, "-lock"), mayBeShared: true)
  }

  /// Throws unless `name` names nothing, or a file that may be the store's own: a regular one, with
  /// no other name unless it may have some.
  static func requireOwn(
    _ name: borrowing PathBuffer, mayBeShared: Bool = false
  ) throws(Failure) {
    let look = unsafe FileLook(name.text)
    guard look.isForeign || look.names > 1 && !mayBeShared else { return }
    throw unsafe Failure(
      LEAT_E_EXISTS,
      "found \(look.words), expected nothing or a file of the store's own: '\(text: name.text)'")
  }
}
