// SPDX-License-Identifier: MIT

import CLeat
import CStoreFiles
import LeatSupport

/// The lock of a store's writer: flock() on the file "<store>-lock", held from open to close on its
/// own descriptor. (Not on the database file: closing a second descriptor of it would drop the
/// POSIX locks that SQLite holds on it for the whole process.)
///
/// The file stays when the store is closed. Deleting it would be a race: another process can
/// replace the file between the check whose it is and the deletion.
///
/// A lock counts only while the path names the locked file. A writer that takes the store over
/// makes a new file, locks it, and renames it over the old one, which stays locked. If several
/// processes open the store at once, this is how one of them gets it:
///
/// - Every opener ends with one transaction, the claim (`StoreHandle.claimStore`); SQLite allows
///   one at a time. In it an ordinary opener checks again that the path names its file, and one
///   that takes over renames its file. Then either increases the epoch and commits.
/// - Suppose that after a claim the path names the file of X. If Y took over before, Y's epoch is
///   older than X's, so Y is fenced. If Y takes over later, X is fenced. So the writer with the
///   newest epoch is always the one whose file the path names, and every later opener meets its
///   lock.
///
/// One case remains, and it is harmless. If the commit of a take-over fails, the old writer's lock
/// is no longer at the path, though that writer isn't fenced. The next opener then gets the store
/// without having to take it over, and fences the old writer.
struct WriterLock {
  /// -1 when no lock is held: the store is read-only, or the database has no file.
  private var file: Int32 = -1
  /// Whether another process holds the lock, which the claim must replace.
  private var isContested = false

  /// Takes the lock beside the database at `path`. If another process holds it, throws, or notes
  /// that the claim must replace it.
  mutating func acquire(
    _ path: FilePath, takesOver: Bool, _ explanation: Explanation
  ) throws(Failure) {
    let name = try PathBuffer(path, "-lock", explanation)
    // A round fails only if another opener replaced the file meanwhile.
    for _ in 0..<16 {
      let opened = try WriterLock.open(name, beside: path, explanation)
      switch leat_files_try_lock(opened) {
      case 1:
        if unsafe leat_files_is_at(opened, name.path.text) != 0 {
          file = opened
          leat_lock_write_holder(file)
          return
        }
        _ = leat_files_close(opened)
      case 0:
        let failure = WriterLock.busy(opened, path, explanation)
        _ = leat_files_close(opened)
        if !takesOver { throw failure }
        isContested = true
        return
      default:
        let error = SystemError.last
        _ = leat_files_close(opened)
        throw error.failure("cannot lock \(name.path)", explanation)
      }
    }
    throw explanation.failure(LEAT_E_BUSY, "other processes keep replacing it: \(name.path)")
  }

  /// Makes sure of the lock, inside the transaction of a claim. Returns the last writer's witness.
  mutating func confirm(
    _ path: FilePath, _ explanation: Explanation
  ) throws(Failure) -> CommitCount? {
    let name = try PathBuffer(path, "-lock", explanation)
    let witness = WriterLock.witness(beside: path)
    if isContested {
      try replace(name, path, explanation)
      if let witness { writeWitness(witness) }
      return witness
    }
    if unsafe leat_files_is_at(file, name.path.text) == 0 {
      let opened = try WriterLock.open(name, beside: path, explanation)
      let failure = WriterLock.busy(opened, path, explanation)
      _ = leat_files_close(opened)
      throw failure
    }
    return witness
  }

  /// Writes the witness. A failure is ignored: the older witness that remains makes no false claim.
  func writeWitness(_ count: CommitCount) {
    if file < 0 { return }
    leat_lock_write_witness(file, UInt64(bitPattern: count.store), count.number, count.checksum)
  }

  /// The witness in the "-lock" of the database at `path`, if there is a valid one.
  static func witness(beside path: FilePath) -> CommitCount? {
    guard let name = try? PathBuffer(path, "-lock", .none) else { return nil }
    // If it is another name of the database it is not even opened, as closing it would drop
    // SQLite's locks.
    let status = FileStatus(name.path)
    guard status.isRegular, !status.isSame(as: FileStatus(path)) else { return nil }
    var store: UInt64 = 0
    var number: Int64 = 0
    var checksum: UInt32 = 0
    guard unsafe leat_lock_read_witness(name.path.text, &store, &number, &checksum) != 0 else {
      return nil
    }
    let count = CommitCount(store: Int64(bitPattern: store), number: number)
    return number >= 0 && count.checksum == checksum ? count : nil
  }

  mutating func release() {
    if file >= 0 { leat_lock_clear_holder(file) }
    closeFile()
  }

  /// Closes the descriptor of a lock that a parent process holds. It stays locked.
  mutating func closeFile() {
    if file >= 0 { _ = leat_files_close(file) }
    file = -1
  }

  /// Whether the next opener would meet this lock.
  func isHeld(beside path: FilePath) -> Bool {
    guard file >= 0, let name = try? PathBuffer(path, "-lock", .none) else { return false }
    return unsafe leat_files_is_at(file, name.path.text) != 0
  }

  private mutating func replace(
    _ name: borrowing PathBuffer, _ path: FilePath, _ explanation: Explanation
  ) throws(Failure) {
    // Only one process is in a claim at a time. If there is a file with this name, a process that
    // died in its claim left it.
    let new = try PathBuffer(path, "-lock.new", explanation)
    file = try WriterLock.open(new, beside: path, explanation)
    guard leat_files_try_lock(file) == 1 else {
      throw explanation.failure(LEAT_E_BUSY, "the file is locked: \(new.path)")
    }
    leat_lock_write_holder(file)
    if unsafe leat_files_rename(new.path.text, name.path.text) != 0 {
      throw SystemError.last.failure("cannot replace \(name.path)", explanation)
    }
    isContested = false
  }

  /// Opens the lock file, or makes it. Throws for any other file, and leaves that as it is.
  private static func open(
    _ name: borrowing PathBuffer, beside path: FilePath, _ explanation: Explanation
  ) throws(Failure) -> Int32 {
    try FileStatus.requireOwnFile(at: name.path, explanation)
    let file = unsafe leat_lock_open(name.path.text, path.text)
    if file < 0 { throw SystemError.last.failure("cannot open \(name.path)", explanation) }
    if leat_lock_is_valid(file) == 0 {
      let found = FileStatus(ofOpenFile: file).description
      _ = leat_files_close(file)
      throw explanation.failure(
        LEAT_E_EXISTS, "found \(found), expected a lock file of Leat's: \(name.path)")
    }
    return file
  }

  /// The failure of an opener that finds the lock held.
  private static func busy(
    _ lock: Int32, _ path: FilePath, _ explanation: Explanation
  ) -> Failure {
    var holder = InlineArray<96, CChar>(repeating: 0)
    var span = holder.mutableSpan
    return unsafe span.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return explanation.failure(LEAT_E_BUSY, "held") }
      unsafe leat_lock_wait_for_holder(lock, start, buffer.count)
      if unsafe start.pointee == 0 {
        return explanation.failure(LEAT_E_BUSY, "held by another process: \(path)")
      }
      return unsafe explanation.failure(LEAT_E_BUSY, "held by \(text: start): \(path)")
    }
  }
}
