// SPDX-License-Identifier: MIT

import CHosted
import CLeat
import CStoreFiles
import LeatSupport

/// A file "<path>-new" that a crash left. It is deleted, not overwritten: if the crash came between
/// the two steps of `leat_files_rename_if_free`, it is a second name of a finished backup.
enum AbandonedBackup {
  /// Throws if a store has this name, or another database that is in use. The file is not even
  /// opened: closing it would drop the locks that SQLite may have on it in this process.
  static func requireNoStore(
    at name: borrowing StorePath, _ explanation: Explanation
  ) throws(Failure) {
    let suffixes = ReservedNames.suffixes
    for index in suffixes.indices {
      let beside = try PathBuffer(name.path, suffixes[index], explanation)
      if !FileStatus(beside.path).isPresent { continue }
      throw inTheWay("a store with its \(suffixes[index])", name, explanation)
    }
  }

  /// Deletes what an earlier backup at `path`, a copy of `source`, left.
  static func delete(
    _ name: borrowing StorePath, of path: borrowing StorePath, source: FilePath?,
    _ explanation: Explanation
  ) throws(Failure) {
    let status = FileStatus(name.path)
    if status.isAbsent { return }
    if status.isSpecial { throw inTheWay(status.description, name, explanation) }
    if let source, status.isSame(as: FileStatus(source)) {
      throw inTheWay("a store, this one", name, explanation)
    }
    if status.linkCount > 1 {
      // It may be in use under its other name, so it is not opened. Deleting a second name loses
      // nothing, unless another backup has just now made the first one.
      if FileStatus(path.path).isPresent { throw BackupFile.exists(path.path, explanation) }
      return try delete(name, explanation)
    }
    let old = unsafe leat_files_open_for_lock(name.path.text)
    if old < 0 { return try ignoreAbsent(name, explanation) }
    defer { _ = leat_files_close(old) }
    if leat_files_try_lock(old) != 1 {
      throw explanation.failure(
        LEAT_E_BUSY, "another backup is being made, in \(name.path)")
    }
    if unsafe leat_files_is_at(old, name.path.text) != 0 { try delete(name, explanation) }
  }

  private static func inTheWay(
    _ found: Message, _ name: borrowing StorePath, _ explanation: Explanation
  ) -> Failure {
    explanation.failure(
      LEAT_E_EXISTS,
      "found \(found) where the copy would be made, expected nothing: \(name.path)")
  }

  private static func delete(
    _ name: borrowing StorePath, _ explanation: Explanation
  ) throws(Failure) {
    if unsafe leat_files_delete(name.path.text) != 0 { try ignoreAbsent(name, explanation) }
  }

  /// Throws the system's last error, unless it is that the file is gone.
  private static func ignoreAbsent(
    _ name: borrowing StorePath, _ explanation: Explanation
  ) throws(Failure) {
    let error = SystemError.last
    if error.number != ENOENT { throw error.failure("cannot replace \(name.path)", explanation) }
  }
}
