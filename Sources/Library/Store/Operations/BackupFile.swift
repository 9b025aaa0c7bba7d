// SPDX-License-Identifier: MIT

import CHosted
import CLeat
import CStoreFiles
import LeatSupport

/// The file "<path>-new", in which a backup is made. It is renamed to its path when it is whole.
/// Until then it is deleted with this object.
///
/// It is locked with flock() on its own descriptor. So if two processes make a backup at one
/// path, neither takes the other's file for one that a crash left (`AbandonedBackup`).
@safe struct BackupFile: ~Copyable {
  let path: StorePath
  private let explanation: Explanation
  /// -1 once it is closed.
  private var file: Int32

  /// `source` is the file to be copied, nil for a database without one.
  static func make(
    for path: borrowing StorePath, source: FilePath?, _ explanation: Explanation
  ) throws(Failure) -> BackupFile {
    let name = try StorePath(beside: path, "-new", explanation)
    try AbandonedBackup.requireNoStore(at: name, explanation)
    // A round fails only if another process replaced the file meanwhile.
    for _ in 0..<16 {
      let file = unsafe leat_files_create(name.path.text, source == nil ? 0 : 1)
      if file < 0 {
        let error = SystemError.last
        guard error.number == EEXIST else {
          throw error.failure("cannot make \(name.path)", explanation)
        }
        try AbandonedBackup.delete(name, of: path, source: source, explanation)
        continue
      }
      if unsafe leat_files_try_lock(file) == 1 && leat_files_is_at(file, name.path.text) != 0 {
        return BackupFile(name, file, explanation)
      }
      _ = leat_files_close(file)
    }
    throw explanation.failure(LEAT_E_BUSY, "other processes keep replacing it: \(name.path)")
  }

  private init(_ path: consuming StorePath, _ file: Int32, _ explanation: Explanation) {
    self.path = path
    self.explanation = explanation
    self.file = file
  }

  deinit {
    if file < 0 { return }
    if unsafe leat_files_is_at(file, path.path.text) != 0 {
      _ = unsafe leat_files_delete(path.path.text)
    }
    _ = leat_files_close(file)
  }

  /// Throws unless the connection, which opened the file by its name, has this file open. In a
  /// folder that another user may write to it could be any file, which root would overwrite.
  func requireInPlace(of connection: Connection) throws(Failure) {
    if unsafe connection.hasMoved || leat_files_is_at(file, path.path.text) == 0 {
      throw explanation.failure(
        LEAT_E_BUSY, "replaced while the copy was made in it: \(path.path)")
    }
  }

  /// Makes the file durable, and then gives it its name.
  mutating func place(
    at path: borrowing StorePath, source: FilePath?
  ) throws(Failure) {
    if let source, unsafe leat_files_copy_access(file, source.text) != 0 {
      throw SystemError.last.failure(
        "cannot set the permissions of \(self.path.path)", explanation)
    }
    if leat_files_sync(file) != 0 {
      throw SystemError.last.failure("cannot sync \(self.path.path)", explanation)
    }
    if unsafe leat_files_rename_if_free(self.path.path.text, path.path.text) != 0 {
      let error = SystemError.last
      if error.number == EEXIST { throw BackupFile.exists(path.path, explanation) }
      throw error.failure(
        "cannot rename \(self.path.path) to \(path.path)", explanation)
    }
    let placed = FileStatus(ofOpenFile: file)
    // At once: if this process opens a store on the copy, closing this descriptor later would drop
    // SQLite's locks.
    _ = leat_files_close(file)
    file = -1
    if unsafe leat_files_sync_folder(path.path.text) != 0 {
      let error = SystemError.last
      if FileStatus(path.path).isSame(as: placed) { _ = unsafe leat_files_delete(path.path.text) }
      throw error.failure("cannot sync the folder of \(path.path)", explanation)
    }
  }

  static func exists(_ path: FilePath, _ explanation: Explanation) -> Failure {
    explanation.failure(LEAT_E_EXISTS, "there is a file at \(path) already")
  }

  /// Throws if another store left a "-wal" or a "-journal" that SQLite would take for the copy's,
  /// and whose pages it would put into the copy.
  static func requireNoLog(
    of path: borrowing StorePath, _ explanation: Explanation
  ) throws(Failure) {
    let logs: InlineArray<2, StaticString> = ["-wal", "-journal"]
    for index in logs.indices {
      let name = try PathBuffer(path.path, logs[index], explanation)
      if FileStamp(name.path).size <= 0 { continue }
      throw explanation.failure(
        LEAT_E_EXISTS,
        "another store left its \(logs[index]) there, expected none: \(name.path)")
    }
  }
}
