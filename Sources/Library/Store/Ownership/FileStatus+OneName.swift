// SPDX-License-Identifier: MIT

import CLeat
import CStoreFiles
import LeatSupport

// The paths of "-wal" and "-lock" follow from the database's path. If one file has two names, it
// has two logs and two locks, and two writers that don't know of each other. So a store is written
// to only while its file has one name.

extension FileStatus {
  /// Throws when the file has another name than `path`.
  func requireOneName(_ path: FilePath, _ explanation: Explanation) throws(Failure) {
    if isMountPoint {
      throw explanation.failure(
        LEAT_E_UNSUPPORTED,
        """
        the file is mounted by itself, and what is beside it, -wal and -lock, isn't: mount the \
        folder that it is in: \(path)
        """)
    }
    if linkCount > 1 {
      throw explanation.failure(
        LEAT_E_UNSUPPORTED,
        """
        found \(linkCount) names of the file (hard links), expected 1, as each has its own -wal and \
        -lock; remove the others, or mount or link the folder instead: \(path)
        """)
    }
  }

  /// Whether the file's one other name is "<path>-new". A backup leaves that name if it is killed
  /// between the two steps of giving the copy its own name.
  func hasTwin(_ path: FilePath, _ explanation: Explanation) throws(Failure) -> Bool {
    guard linkCount == 2, !isMountPoint else { return false }
    let name = try PathBuffer(path, "-new", explanation)
    return FileStatus(name.path).isSame(as: self)
  }

  /// Deletes that name, and returns the status of `path` after that.
  func withoutTwin(
    _ path: FilePath, _ explanation: Explanation
  ) throws(Failure) -> FileStatus {
    guard try hasTwin(path, explanation) else { return self }
    let name = try PathBuffer(path, "-new", explanation)
    return unsafe leat_files_delete(name.path.text) == 0 ? FileStatus(path) : self
  }
}
