// SPDX-License-Identifier: MIT

import CLeat
import CStoreFiles
import LeatBytes

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

  /// Deletes the second name that a backup leaves which died between giving the copy its name and
  /// taking the old one away: "<path>-new". Returns what `path` is then.
  func withoutTwin(_ path: UnsafePointer<CChar>) throws(Failure) -> FileLook {
    guard names == 2 else { return self }
    let name = try unsafe PathBuffer(path, "-new")
    guard unsafe FileLook(name.text).isSame(as: self), unsafe leat_files_delete(name.text) == 0
    else { return self }
    return unsafe FileLook(path)
  }
}
