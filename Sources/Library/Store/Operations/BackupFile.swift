// SPDX-License-Identifier: MIT

import CHosted
import CLeat
import CStoreFiles
import LeatSupport

/// The file "<path>-new", in which a backup is made, and which gets its name when it is whole.
/// Until then it goes when this does.
///
/// It is locked with flock(), on a descriptor of its own, so that of two who make a backup at one
/// path neither takes the other's file for one that a crash left (`LeftBackup`).
@safe struct BackupFile: ~Copyable {
  let path: StorePath
  /// -1 once it is closed.
  private var file: Int32

  /// `source` is the file that is to be copied, nil for a database without one.
  static func make(
    for path: borrowing StorePath, source: UnsafePointer<CChar>?
  ) throws(Failure) -> BackupFile {
    let name = try StorePath(beside: path, "-new")
    try LeftBackup.requireNoStore(at: name)
    // Each round that fails was overtaken by another process.
    for _ in 0..<16 {
      let file = unsafe leat_files_make(name.text, source == nil ? 0 : 1)
      if file < 0 {
        let error = SystemError.last
        guard error.number == EEXIST else {
          throw unsafe Failure(error.code, "\(error): cannot make '\(text: name.text)'")
        }
        try unsafe LeftBackup.delete(name, of: path, source: source)
        continue
      }
      if unsafe leat_files_take_lock(file) == 1 && leat_files_is_at(file, name.text) != 0 {
        return BackupFile(name, file)
      }
      _ = leat_files_close(file)
    }
    throw unsafe Failure(LEAT_E_BUSY, "it keeps changing hands: '\(text: name.text)'")
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

  /// Throws unless the file that a connection opened by the name is this one. In a folder that
  /// another user may write to that can be any file, and what root writes to it is written.
  func requireInPlace(of connection: Connection) throws(Failure) {
    if unsafe connection.hasMoved || leat_files_is_at(file, path.text) == 0 {
      throw unsafe Failure(
        LEAT_E_BUSY, "replaced while the copy was made in it: '\(text: path.text)'")
    }
  }

  /// Makes the file durable, and then known under its name.
  mutating func place(
    at path: borrowing StorePath, source: UnsafePointer<CChar>?
  ) throws(Failure) {
    if let source = unsafe source, unsafe leat_files_copy_access(file, source) != 0 {
      let error = SystemError.last
      throw unsafe Failure(
        error.code, "\(error): cannot set the permissions of '\(text: self.path.text)'")
    }
    if leat_files_sync(file) != 0 {
      let error = SystemError.last
      throw unsafe Failure(error.code, "\(error): cannot sync '\(text: self.path.text)'")
    }
    if unsafe leat_files_place(self.path.text, path.text) != 0 {
      let error = SystemError.last
      if error.number == EEXIST { throw unsafe BackupFile.exists(path.text) }
      throw unsafe Failure(
        error.code, "\(error): cannot rename '\(text: self.path.text)' to '\(text: path.text)'")
    }
    let look = FileLook(at: file)
    // At once: a store that this process opens on the copy would lose SQLite's locks when this
    // descriptor is closed.
    _ = leat_files_close(file)
    file = -1
    if unsafe leat_files_sync_folder(path.text) != 0 {
      let error = SystemError.last
      if unsafe FileLook(path.text).isSame(as: look) { _ = unsafe leat_files_delete(path.text) }
      throw unsafe Failure(error.code, "\(error): cannot sync the folder of '\(text: path.text)'")
    }
  }

  static func exists(_ path: UnsafePointer<CChar>) -> Failure {
    unsafe Failure(LEAT_E_EXISTS, "there is a file at '\(text: path)' already")
  }

  /// Throws when a "-wal" or a "-journal" that another store left would be taken for the copy's:
  /// SQLite would put its pages into the copy.
  static func requireNoLog(of path: borrowing StorePath) throws(Failure) {
    let logs: InlineArray<2, StaticString> = ["-wal", "-journal"]
    for index in logs.indices {
      let name = try unsafe PathBuffer(path.text, logs[index])
      if unsafe leat_files_stamp(name.text).size <= 0 { continue }
      throw unsafe Failure(
        LEAT_E_EXISTS,
        "another store left its \(logs[index]) there, expected none: '\(text: name.text)'")
    }
  }
}
