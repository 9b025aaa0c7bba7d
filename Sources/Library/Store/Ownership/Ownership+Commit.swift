// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

extension Ownership {
  /// Counts and commits a transaction. After that the next opener finds what it wrote, or this
  /// throws.
  mutating func commit(_ tables: StoreTables) throws(Failure) {
    let connection = tables.connection
    guard lastCommit.number < .max else {
      throw connection.explanation.failure(
        LEAT_E_CORRUPT, "the commits are at their greatest number, in \(connection)")
    }
    // A number that is lost by a rollback does no harm.
    lastCommit.number += 1
    try tables.setCommitCount(lastCommit)
    try requireDatabaseInPlace(connection)
    try tables.run(.commit)
    // This commit changed the database's version, not its epoch.
    checkedDataVersion = connection.dataVersion
    try requireFilesInPlace(connection)
    lock.writeWitness(lastCommit)
  }

  /// Takes over the store's count of commits, inside a transaction, and compares it with the
  /// witness. That must have been read before, because a writer may commit meanwhile. Only a commit
  /// of this writer makes the witness forget what is missing.
  mutating func compareCommits(
    with witness: CommitCount?, _ tables: StoreTables
  ) throws(Failure) {
    guard let found = try tables.commitCount() else {
      isBehind = true
      lastCommit = witness ?? CommitCount.ofNewStore()
      return
    }
    lastCommit = found
    guard let witness else { return }
    if witness.store != found.store {
      // The witness is of a store that isn't here any more.
      isBehind = true
    } else if witness.number > found.number {
      isBehind = true
      lastCommit = witness
    }
  }

  /// Throws when there is no database at `path`, but the "-lock" beside it has a witness of
  /// commits: a new store would take the place of a lost one.
  static func requireNotLost(_ path: FilePath, _ explanation: Explanation) throws(Failure) {
    guard let witness = WriterLock.witness(beside: path), witness.number > 0 else {
      return
    }
    throw explanation.failure(
      LEAT_E_CORRUPT,
      """
      the database is missing or empty, but the -lock beside it records \(witness.number) commits; \
      to begin a new store delete that file: \(path, "-lock")
      """)
  }
}
