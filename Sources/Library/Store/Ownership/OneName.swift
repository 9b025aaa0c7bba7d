// SPDX-License-Identifier: MIT

import CLeat
import CStoreFiles
import LeatSupport

/// A store is its file, and not one of the file's names. But SQLite's "-wal" and Leat's "-lock" go by
/// the name, and the data by the file. So with two names for one file there are two logs and two
/// locks, and two writers that don't know of each other. A store is therefore written to only while
/// its file has one name.
extension FileLook {
  /// Throws when the file has another name than `path`.
  func requireOneName(_ path: UnsafePointer<CChar>) throws(Failure) {
    if isMountPoint {
      throw unsafe Failure(
        LEAT_E_UNSUPPORTED,
        """
        the file is mounted by itself, and what is beside it, -wal and -lock, isn't: mount the \
        folder that it is in: '\(text: path)'
        """)
    }
    if names > 1 {
      throw unsafe Failure(
        LEAT_E_UNSUPPORTED,
        """
        the file has \(names) names (hard links), expected 1: -wal and -lock go by the name; \
        remove the others, or mount or link the folder instead: '\(text: path)'
        """)
    }
  }

  /// Whether the file's one other name is "<path>-new": a backup leaves it that dies between giving
  /// the copy its name and taking the old one away.
  func hasTwin(_ path: UnsafePointer<CChar>) throws(Failure) -> Bool {
    guard names == 2, !isMountPoint else { return false }
    let name = try unsafe PathBuffer(path, "-new")
    return unsafe FileLook(name.text).isSame(as: self)
  }

  /// Deletes that name, and returns what `path` is then.
  func withoutTwin(_ path: UnsafePointer<CChar>) throws(Failure) -> FileLook {
    guard try unsafe hasTwin(path) else { return self }
    let name = try unsafe PathBuffer(path, "-new")
    return unsafe leat_files_delete(name.text) == 0 ? FileLook(path) : self
  }
}
