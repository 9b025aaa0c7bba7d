// SPDX-License-Identifier: MIT

import CHosted
import CLeat
import CStoreFiles
import LeatSupport

/// The lock that says who writes to a store: flock() on the file "<store>-lock", held from open to
/// close on a descriptor of its own. (Not on the database file: closing a second descriptor of it
/// would drop the locks that SQLite holds on it for the whole process.)
///
/// The file stays when the store is closed. To delete it would be a race: between a look at whose
/// it is and its deletion a taker-over could have put its own there.
///
/// A lock counts only while the path names the locked file, because a writer that takes over puts
/// a new file, locked beforehand, in the place of the one that another holds. This decides who has
/// it when several open at once:
///
/// - Every opener ends with one transaction (`claim`), which SQLite lets only one at a time be in.
///   In it an ordinary opener looks once more whether the path still names its file, and a
///   taker-over puts its file in place; then each raises the epoch and commits.
/// - So if the path names the file of X after a claim, and Y took over before, Y's epoch is older
///   than X's and Y is fenced; and if Y takes over later, X is fenced. The writer with the newest
///   epoch is always the one whose file the path names, and every later opener meets its lock.
///
/// One gap is left, on the safe side: when the commit of a take-over fails, the lock of the
/// writer that was to be replaced is no longer where others look, though it isn't fenced. The next
/// opener gets the store without asking for a take-over, and fences it then.
struct WriterLock {
  /// -1 when no lock is held: read-only, or a database without a file.
  private var file: Int32 = -1
  /// Another holds it, and is to be replaced in the claim.
  private var isContested = false

  /// Takes the lock beside the database at `path`, or learns that it has to be taken over.
  mutating func acquire(
    _ path: UnsafePointer<CChar>, takesOver: Bool
  ) throws(Failure) {
    let name = try unsafe PathBuffer(path, "-lock")
    // Each round that fails was overtaken by another opener, who got on with it.
    for _ in 0..<16 {
      let opened = try unsafe WriterLock.open(name, beside: path)
      switch leat_files_take_lock(opened) {
      case 1:
        if unsafe leat_files_is_at(opened, name.text) != 0 {
          file = opened
          leat_files_sign_lock(file)
          return
        }
        _ = leat_files_close(opened)
      case 0:
        let failure = unsafe WriterLock.busy(opened, path)
        _ = leat_files_close(opened)
        if !takesOver { throw failure }
        isContested = true
        return
      default:
        let error = SystemError.last
        _ = leat_files_close(opened)
        throw unsafe Failure(error.code, "\(error): cannot lock '\(text: name.text)'")
      }
    }
    throw unsafe Failure(LEAT_E_BUSY, "the lock keeps changing hands: '\(text: name.text)'")
  }

  /// Makes sure of the lock, inside the transaction of a claim. Returns the witness that the last
  /// writer left.
  mutating func settle(_ path: UnsafePointer<CChar>) throws(Failure) -> CommitCount? {
    let name = try unsafe PathBuffer(path, "-lock")
    let witness = unsafe WriterLock.witness(beside: path)
    if isContested {
      try unsafe replace(name, path)
      if let witness { record(witness) }
      return witness
    }
    if unsafe leat_files_is_at(file, name.text) == 0 {
      let opened = try unsafe WriterLock.open(name, beside: path)
      let failure = unsafe WriterLock.busy(opened, path)
      _ = leat_files_close(opened)
      throw failure
    }
    return witness
  }

  /// Writes the witness. What can't be written is not missed but for the check that it serves.
  func record(_ count: CommitCount) {
    if file < 0 { return }
    leat_files_write_witness(file, UInt64(bitPattern: count.store), count.commits, count.checksum)
  }

  /// The witness in the file of the lock of the database at `path`, if there is a sound one.
  static func witness(beside path: UnsafePointer<CChar>) -> CommitCount? {
    guard let name = try? unsafe PathBuffer(path, "-lock") else { return nil }
    // One that is a name of the database is not even opened: closing it would drop SQLite's locks.
    let look = unsafe FileLook(name.text)
    guard look.isRegular, unsafe !look.isSame(as: FileLook(path)) else { return nil }
    var store: UInt64 = 0
    var commits: Int64 = 0
    var checksum: UInt32 = 0
    guard unsafe leat_files_read_witness(name.text, &store, &commits, &checksum) != 0 else {
      return nil
    }
    let count = CommitCount(store: Int64(bitPattern: store), commits: commits)
    return commits >= 0 && count.checksum == checksum ? count : nil
  }

  mutating func release() {
    if file >= 0 {
      leat_files_unsign_lock(file)
      _ = leat_files_close(file)
    }
    file = -1
  }

  /// Whether the next opener would meet this lock.
  func isHeld(beside path: UnsafePointer<CChar>) -> Bool {
    guard file >= 0, let name = try? unsafe PathBuffer(path, "-lock") else { return false }
    return unsafe leat_files_is_at(file, name.text) != 0
  }

  /// Lets go of a lock that is the parent's, which keeps it.
  mutating func abandon() {
    if file >= 0 { _ = leat_files_close(file) }
    file = -1
  }

  private mutating func replace(
    _ name: borrowing PathBuffer, _ path: UnsafePointer<CChar>
  ) throws(Failure) {
    // Only one is in a claim at a time; a file by this name is what one that died there left.
    let new = try unsafe PathBuffer(path, "-lock.new")
    file = try unsafe WriterLock.open(new, beside: path)
    guard leat_files_take_lock(file) == 1 else {
      throw unsafe Failure(LEAT_E_BUSY, "the file is locked: '\(text: new.text)'")
    }
    leat_files_sign_lock(file)
    if unsafe leat_files_rename(new.text, name.text) != 0 {
      let error = SystemError.last
      throw unsafe Failure(error.code, "\(error): cannot replace '\(text: name.text)'")
    }
    isContested = false
  }

  /// Opens the file of the lock, or makes it; throws for what is another file, and leaves that as it
  /// is.
  private static func open(
    _ name: borrowing PathBuffer, beside path: UnsafePointer<CChar>
  ) throws(Failure) -> Int32 {
    try FileLook.requireOwn(name)
    let file = unsafe leat_files_open_lock(name.text, path)
    if file < 0 {
      let error = SystemError.last
      throw unsafe Failure(error.code, "\(error): cannot open '\(text: name.text)'")
    }
    if leat_files_is_lock(file) == 0 {
      let words = FileLook(at: file).words
      _ = leat_files_close(file)
      throw unsafe Failure(
        LEAT_E_EXISTS,
        "found \(words) that is no lock of Leat's, expected one: '\(text: name.text)'")
    }
    return file
  }

  /// What to tell an opener who finds the lock held.
  private static func busy(_ lock: Int32, _ path: UnsafePointer<CChar>) -> Failure {
    var owner = InlineArray<96, CChar>(repeating: 0)
    var span = owner.mutableSpan
    return unsafe span.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return Failure(LEAT_E_BUSY, "held") }
      unsafe leat_files_read_lock(lock, start, buffer.count)
      if unsafe start.pointee == 0 {
        return unsafe Failure(LEAT_E_BUSY, "held by another process: '\(text: path)'")
      }
      return unsafe Failure(LEAT_E_BUSY, "held by \(text: start): '\(text: path)'")
    }
  }
}
