// SPDX-License-Identifier: MIT

import CLeat
import CStoreFiles
import LeatBytes

/// Which file a path names, whatever its other names.
///
/// A store is its file, and not one of the file's names. But SQLite's "-wal" and Leat's "-lock" go by
/// the name, and the data by the file. So with two names for one file there are two logs and two
/// locks, and two writers that don't know of each other. A store is therefore written to only while
/// its file has one name, and only while the name it was opened by still names that file.
struct FileIdentity {
  private let raw: leat_file_identity

  /// nil when the path names nothing.
  init?(_ path: UnsafePointer<CChar>, followsLink: Bool = true) {
    raw = unsafe leat_files_identify(path, followsLink ? 1 : 0)
    if raw.names == 0 { return nil }
  }

  func isSameFile(as other: FileIdentity) -> Bool {
    raw.device == other.raw.device && raw.file == other.raw.file
  }

  /// Throws when the file has another name than `path`.
  func requireOneName(_ path: UnsafePointer<CChar>) throws(Failure) {
    if raw.is_mount_point != 0 {
      throw unsafe Failure(
        LEAT_E_UNSUPPORTED,
        """
        the file is mounted by itself, and what is beside it, -wal and -lock, isn't: mount the \
        folder that it is in: '\(text: path)'
        """)
    }
    if raw.names > 1 {
      throw unsafe Failure(
        LEAT_E_UNSUPPORTED,
        """
        the file has \(raw.names) names (hard links), expected 1: -wal and -lock go by the name; \
        remove the others, or mount or link the folder instead: '\(text: path)'
        """)
    }
  }

  /// Deletes the second name that a backup leaves which died between giving the copy its name and
  /// taking the old one away: "<path>-new". Returns what `path` is then.
  func withoutTwin(_ path: UnsafePointer<CChar>) throws(Failure) -> FileIdentity {
    guard raw.names == 2 else { return self }
    let name = try unsafe PathBuffer(path, "-new")
    guard let twin = unsafe FileIdentity(name.text, followsLink: false), twin.isSameFile(as: self),
      unsafe leat_files_delete(name.text) == 0
    else { return self }
    return unsafe FileIdentity(path) ?? self
  }
}
