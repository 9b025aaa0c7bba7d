// SPDX-License-Identifier: MIT

import CLeat
import CStoreFiles
import LeatSupport

/// What is at a path, found out without opening it.
///
/// Leat checks this before it opens a file, and before SQLite does, for three reasons. Opening a
/// FIFO can block for ever. Opening a hard link to the database and closing it again would drop the
/// POSIX locks that SQLite holds on that file. And SQLite writes to whatever "-wal" and "-shm" it
/// finds: run by root, it also gives them to the store's owner, even if the file has another name
/// elsewhere.
struct FileStatus {
  private let status: leat_file_status
  private let error: SystemError

  /// A symbolic link is not followed.
  init(_ path: FilePath) {
    status = unsafe leat_files_status(path.text)
    error = .last
  }

  init(ofOpenFile file: Int32) {
    status = leat_files_open_status(file)
    error = .last
  }

  /// Whether the system doesn't say, such as in a folder that this process may not enter any more.
  var isUnknown: Bool { status.kind == LEAT_FILE_UNKNOWN.rawValue }
  var isAbsent: Bool { status.kind == LEAT_FILE_NONE.rawValue }
  var isPresent: Bool { status.kind > LEAT_FILE_NONE.rawValue }
  var isRegular: Bool { status.kind == LEAT_FILE_REGULAR.rawValue }
  /// Whether there is something other than a regular file. This is false when the status is
  /// unknown: then opening the file fails, with the system's reason.
  var isSpecial: Bool { isPresent && !isRegular }
  /// The number of hard links; 0 when nothing is there.
  var linkCount: UInt64 { status.names }
  var isMountPoint: Bool { status.is_mount_point != 0 }

  /// Whether both are the same file.
  func isSame(as other: FileStatus) -> Bool {
    isPresent && status.device == other.status.device && status.file == other.status.file
  }

  /// What was found, for a message.
  var description: Message {
    switch UInt32(status.kind) {
    case LEAT_FILE_NONE.rawValue: "nothing"
    case LEAT_FILE_REGULAR.rawValue where linkCount > 1: "a file with \(linkCount) names"
    case LEAT_FILE_REGULAR.rawValue: "a file"
    case LEAT_FILE_FOLDER.rawValue: "a directory"
    case LEAT_FILE_PIPE.rawValue: "a FIFO"
    case LEAT_FILE_SOCKET.rawValue: "a socket"
    case LEAT_FILE_DEVICE.rawValue: "a device"
    case LEAT_FILE_LINK.rawValue: "a symbolic link"
    default: "something that can't be examined (\(error))"
    }
  }

  /// Throws unless nothing is at `path`, or a file that may be the store's own: a regular one,
  /// without a second name unless `mayHaveLinks` is set.
  static func requireOwnFile(
    at path: FilePath, mayHaveLinks: Bool = false, _ explanation: Explanation
  ) throws(Failure) {
    let status = FileStatus(path)
    guard status.isSpecial || status.linkCount > 1 && !mayHaveLinks else { return }
    throw explanation.failure(
      LEAT_E_EXISTS,
      """
      found \(status.description), expected nothing or a file of the store's own: \(path)
      """)
  }
}

/// What changes when a file is written to or replaced.
struct FileStamp: Equatable {
  /// -1 when there is no file, or it can't be seen.
  let size: Int64
  private let modified: Int64
  private let file: UInt64

  init(_ path: FilePath) {
    let stamp = unsafe leat_files_stamp(path.text)
    size = stamp.size
    modified = stamp.modified_ns
    file = stamp.file
  }
}
