// SPDX-License-Identifier: MIT

import CHosted
import CLeat
import CStoreFiles
import LeatSupport

/// A file "<path>-new" that a crash left. It is deleted and never written over: where the crash
/// came between the two steps of `leat_files_place`, it is a second name of a backup that was
/// finished.
enum LeftBackup {
  /// Throws when what bears the name is a store, or another database that is in use. It is then not
  /// even opened: to close it would drop the locks that SQLite may have on it in this process.
  static func requireNoStore(at name: borrowing StorePath) throws(Failure) {
    let suffixes = ReservedNames.suffixes
    for index in suffixes.indices {
      let beside = try unsafe PathBuffer(name.text, suffixes[index])
      if unsafe !FileLook(beside.text).isThere { continue }
      throw unsafe Failure(
        LEAT_E_EXISTS,
        "where the copy would be made is a store with its \(suffixes[index]): '\(text: name.text)'"
      )
    }
  }

  /// Deletes what was left in making a backup at `path`, a copy of `source`.
  static func delete(
    _ name: borrowing StorePath, of path: borrowing StorePath, source: UnsafePointer<CChar>?
  ) throws(Failure) {
    let look = unsafe FileLook(name.text)
    if look.isNone { return }
    if look.isForeign {
      throw unsafe Failure(
        LEAT_E_EXISTS,
        "where the copy would be made is \(look.words), expected nothing: '\(text: name.text)'")
    }
    if let source = unsafe source, unsafe look.isSame(as: FileLook(source)) {
      throw unsafe Failure(
        LEAT_E_EXISTS, "where the copy would be made is a store, this one: '\(text: name.text)'")
    }
    if look.names > 1 {
      // Not opened: by its other name it may be in use. Nothing is lost with a second name, unless
      // another backup has just now given the first.
      if unsafe FileLook(path.text).isThere { throw unsafe BackupFile.exists(path.text) }
      return try delete(name)
    }
    let old = unsafe leat_files_open_to_look(name.text)
    if old < 0 {
      let error = SystemError.last
      if error.number == ENOENT { return }
      throw unsafe Failure(error.code, "\(error): cannot replace '\(text: name.text)'")
    }
    defer { _ = leat_files_close(old) }
    if leat_files_take_lock(old) != 1 {
      throw unsafe Failure(
        LEAT_E_BUSY, "another backup is being made, in '\(text: name.text)'")
    }
    if unsafe leat_files_is_at(old, name.text) != 0 { try delete(name) }
  }

  private static func delete(_ name: borrowing StorePath) throws(Failure) {
    if unsafe leat_files_delete(name.text) == 0 { return }
    let error = SystemError.last
    if error.number == ENOENT { return }
    throw unsafe Failure(error.code, "\(error): cannot replace '\(text: name.text)'")
  }
}
