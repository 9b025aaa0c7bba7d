// SPDX-License-Identifier: MIT

import CHosted
import CLeat
import CStoreFiles
import LeatBytes

/// The file "<path>-new", in which a backup is made, and which gets its name when it is whole.
/// Until then it goes when this does.
///
/// It is locked with flock(), on a descriptor of its own, so that of two who make a backup at one
/// path neither takes the other's file for one that a crash left. Such a one is deleted and never
/// written over: where a crash came between the two steps of `leat_files_place`, it is a second
/// name of a backup that was finished.
@safe struct BackupFile: ~Copyable {
  private let name: PathBuffer
  private let file: Int32

  /// `source` is the file that is to be copied, nil for a database without one.
  static func make(
    for path: UnsafePointer<CChar>, source: UnsafePointer<CChar>?
  ) throws(Failure) -> BackupFile {
    let name = try unsafe PathBuffer(path, "-new")
    // Each round that fails was overtaken by another process.
    for _ in 0..<16 {
      let file = unsafe leat_files_make(name.text, source == nil ? 0 : 1)
      if file < 0 {
        let error = SystemError.last
        guard error.number == EEXIST else {
          throw unsafe Failure(error.code, "cannot make '\(text: name.text)': \(error)")
        }
        try unsafe deleteOld(name, source: source)
        continue
      }
      if unsafe leat_files_take_lock(file) == 1 && leat_files_is_at(file, name.text) != 0 {
        return BackupFile(name, file)
      }
      _ = leat_files_close(file)
    }
    throw unsafe Failure(LEAT_E_BUSY, "'\(text: name.text)' keeps changing hands")
  }

  private init(_ name: consuming PathBuffer, _ file: Int32) {
    self.name = name
    self.file = file
  }

  deinit {
    if unsafe leat_files_is_at(file, name.text) != 0 { _ = unsafe leat_files_delete(name.text) }
    _ = leat_files_close(file)
  }

  var path: UnsafePointer<CChar> { unsafe name.text }

  /// Deletes what a crash left.
  private static func deleteOld(
    _ name: borrowing PathBuffer, source: UnsafePointer<CChar>?
  ) throws(Failure) {
    let old = unsafe leat_files_open_to_look(name.text)
    if old < 0 {
      let error = SystemError.last
      if error.number == ENOENT { return }
      throw unsafe Failure(error.code, "cannot replace '\(text: name.text)': \(error)")
    }
    defer { _ = leat_files_close(old) }
    // Not what only bears such a name: the store itself, or another one.
    let lock = try unsafe PathBuffer(name.text, "-lock")
    let isSource =
      if let source = unsafe source {
        unsafe leat_files_is_at(old, source) != 0
      } else {
        false
      }
    if unsafe isSource || leat_files_exists(lock.text) != 0 {
      throw unsafe Failure(
        LEAT_E_EXISTS, "'\(text: name.text)', where the copy would be made, is a store")
    }
    if leat_files_take_lock(old) != 1 {
      throw unsafe Failure(
        LEAT_E_BUSY, "another backup is being made, in '\(text: name.text)'")
    }
    if unsafe leat_files_is_at(old, name.text) != 0, unsafe leat_files_delete(name.text) != 0 {
      let error = SystemError.last
      throw unsafe Failure(error.code, "cannot replace '\(text: name.text)': \(error)")
    }
  }

  /// Makes the file durable, and then known under its name.
  func place(at path: UnsafePointer<CChar>, source: UnsafePointer<CChar>?) throws(Failure) {
    if let source = unsafe source, unsafe leat_files_copy_access(file, source) != 0 {
      let error = SystemError.last
      throw unsafe Failure(
        error.code, "cannot set the permissions of '\(text: name.text)': \(error)")
    }
    if leat_files_sync(file) != 0 {
      let error = SystemError.last
      throw unsafe Failure(error.code, "cannot sync '\(text: name.text)': \(error)")
    }
    if unsafe leat_files_place(name.text, path) != 0 {
      let error = SystemError.last
      if error.number == EEXIST { throw unsafe BackupFile.exists(path) }
      throw unsafe Failure(
        error.code, "cannot rename '\(text: name.text)' to '\(text: path)': \(error)")
    }
    if unsafe leat_files_sync_folder(path) != 0 {
      let error = SystemError.last
      if unsafe leat_files_is_at(file, path) != 0 { _ = unsafe leat_files_delete(path) }
      throw unsafe Failure(error.code, "cannot sync the folder of '\(text: path)': \(error)")
    }
  }

  static func exists(_ path: UnsafePointer<CChar>) -> Failure {
    unsafe Failure(LEAT_E_EXISTS, "there is a file at '\(text: path)' already")
  }
}
