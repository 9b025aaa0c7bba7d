// SPDX-License-Identifier: MIT

import CLeat
import CStoreFiles
import LeatSupport

/// How many transactions have written to which store. It stands twice: in the store, in row 0 of
/// leat_stream, written by every transaction; and in the file of the lock beside it, as the
/// witness, written when the commit has returned. A store that comes back with fewer commits than
/// its witness tells of has lost some: its file was replaced by an older one, or its "-wal" cut,
/// exchanged or deleted. SQLite can't tell that, for what is left is whole.
struct CommitCount {
  /// A random number that the store was given when it was made.
  var store: Int64
  var commits: Int64

  var checksum: UInt32 {
    var crc = CRC32C()
    crc.update(UInt64(bitPattern: commits))
    crc.update(UInt64(bitPattern: store))
    return crc.value
  }

  static func ofNewStore() -> CommitCount {
    CommitCount(store: SQLiteRandom.number() & .max, commits: 0)
  }
}

extension StoreHandle {
  /// Takes over the count that the store has, inside a transaction, and compares it with the
  /// witness, which must have been read before: a writer may be going on meanwhile. Only a commit
  /// by this writer makes the witness forget what is missing.
  func compare(with witness: CommitCount?) throws(Failure) {
    guard let found = try storedCount() else {
      isBehind = true
      count = witness ?? CommitCount.ofNewStore()
      return
    }
    count = found
    guard let witness else { return }
    if witness.store != found.store {
      // It tells of a store that isn't here any more.
      isBehind = true
    } else if witness.commits > found.commits {
      isBehind = true
      count = witness
    }
  }

  /// nil when the row is damaged, or the page that it is on.
  func storedCount() throws(Failure) -> CommitCount? {
    let find = try statement(.count)
    do throws(Failure) {
      guard try find.step() else { return nil }
    } catch let failure {
      if failure.code == LEAT_E_CORRUPT { return nil }
      throw failure
    }
    guard let commits = find.integer(0), commits >= 0,
      let store = find.integer(1)
    else { return nil }
    let count = CommitCount(store: store, commits: commits)
    return find.integer(2) == Int64(count.checksum) ? count : nil
  }

  /// Commits a transaction of Leat's own, counted.
  func commitCounted() throws(Failure) {
    guard count.commits < .max else {
      throw Failure(LEAT_E_CORRUPT, "the commits are at their greatest number, in \(connection)")
    }
    // A number that a rollback leaves out does no harm.
    count.commits += 1
    let put = try statement(.setCount)
    try put.bind(1, count.commits)
    try put.bind(2, count.store)
    try put.bind(3, Int64(count.checksum))
    if try put.write() == 0 { try Schema.addCount(count, to: connection) }
    if !isProven(.setCount) {
      guard let found = try storedCount(), found.commits == count.commits else {
        throw Failure(
          LEAT_E_CORRUPT,
          "row 0 of leat_stream, the count of commits, is not what was written, in \(connection)")
      }
      prove(.setCount)
    }
    try requireDatabaseInPlace()
    try run(.commit)
    // By this commit the contents have changed, by this writer: no need to look at the epoch again
    // until another's does.
    checkedContents = connection.contentsVersion
    try requireFilesInPlace()
    lock.record(count)
  }
}
