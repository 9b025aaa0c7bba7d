// SPDX-License-Identifier: MIT

import CHosted
import CLeat
import CStoreFiles
import LeatSupport

/// The file "<path>-new", in which a backup is made. It gets its path's name when it is whole.
/// Until then it is deleted with this object.
///
/// It is locked with flock() on its own descriptor. So if two processes make a backup at one
/// path, neither takes the other's file for one that a crash left (`AbandonedBackup`).
@safe struct BackupFile: ~Copyable {
  let path: StorePath
  /// -1 once it is closed.
  private var file: Int32

  /// `source` is the file to be copied, nil for a database without one.
  static func make(
    for path: borrowing StorePath, source: UnsafePointer<CChar>?
  ) throws(Failure) -> BackupFile {
    let name = try StorePath(beside: path, "-new")
    try AbandonedBackup.requireNoStore(at: name)
    // A round fails only if another process replaced the file meanwhile.
    for _ in 0..<16 {
      let file = unsafe leat_files_create(name.text, source == nil ? 0 : 1)
      if file < 0 {
        let error = SystemError.last
        guard error.number == EEXIST else {
          throw unsafe error.failure("cannot make '\(text: name.text)'")
        }
        try unsafe AbandonedBackup.delete(name, of: path, source: source)
        continue
      }
      if unsafe leat_files_try_lock(file) == 1 && leat_files_is_at(file, name.text) != 0 {
        return BackupFile(name, file)
      }
      _ = leat_files_close(file)
    }
    throw unsafe Failure(LEAT_E_BUSY, "other processes keep replacing it: '\(text: name.text)'")
  }

  private init(_ path: consuming StorePath, _ file: Int32) {
    self.path = path
    self.file = file
  }

  deinit {
    if file < 0 { return }
    if unsafe leat_files_is_at(file, path.text) != 0 { _ = unsafe leat_files_delete(path.text) }
    _ = leat_files_close(file)
  }

  /// Throws unless the connection, which opened the file by its name, has this file open. In a
  /// folder that another user may write to it could be any file, which root would overwrite.
  func requireInPlace(of connection: Connection) throws(Failure) {
    if unsafe connection.hasMoved || leat_files_is_at(file, path.text) == 0 {
      throw unsafe Failure(
        LEAT_E_BUSY, "replaced while the copy was made in it: '\(text: path.text)'")
    }
  }

  /// Makes the file durable, and then gives it its name.
  mutating func place(
    at path: borrowing StorePath, source: UnsafePointer<CChar>?
  ) throws(Failure) {
    if let source = unsafe source, unsafe leat_files_copy_access(file, source) != 0 {
      throw unsafe SystemError.last.failure(
        "cannot set the permissions of '\(text: self.path.text)'")
    }
    if leat_files_sync(file) != 0 {
      throw unsafe SystemError.last.failure("cannot sync '\(text: self.path.text)'")
    }
    if unsafe leat_files_rename_if_free(self.path.text, path.text) != 0 {
      let error = SystemError.last
      if error.number == EEXIST { throw unsafe BackupFile.exists(path.text) }
      throw unsafe error.failure(
        "cannot rename '\(text: self.path.text)' to '\(text: path.text)'")
    }
    let placed = FileStatus(ofOpenFile: file)
    // At once: if this process opens a store on the copy, closing this descriptor later would drop
    // SQLite's locks.
    _ = leat_files_close(file)
    file = -1
    if unsafe leat_files_sync_folder(path.text) != 0 {
      let error = SystemError.last
      if unsafe FileStatus(path.text).isSame(as: placed) { _ = unsafe leat_files_delete(path.text) }
      throw unsafe error.failure("cannot sync the folder of '\(text: path.text)'")
    }
  }

  static func exists(_ path: UnsafePointer<CChar>) -> Failure {
    unsafe Failure(LEAT_E_EXISTS, "there is a file at '\(text: path)' already")
  }

  /// Throws if another store left a "-wal" or a "-journal" that SQLite would take for the copy's,
  /// and whose pages it would put into the copy.
  static func requireNoLog(of path: borrowing StorePath) throws(Failure) {
    let logs: InlineArray<2, StaticString> = ["-wal", "-journal"]
    for index in logs.indices {
      let name = try unsafe PathBuffer(path.text, logs[index])
      if unsafe FileStamp(name.text).size <= 0 { continue }
      throw unsafe Failure(
        LEAT_E_EXISTS,
        "another store left its \(logs[index]) there, expected none: '\(text: name.text)'")
    }
  }
}
