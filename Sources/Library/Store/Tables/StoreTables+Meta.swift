// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

extension StoreTables {
  /// The epoch in leat_meta; nil when there is none.
  func epoch() throws(Failure) -> Int64? {
    let find = try statement(.epoch)
    guard try find.step(), let epoch = find.integer(0), epoch >= 0 else { return nil }
    return epoch
  }

  func setEpoch(_ epoch: Int64) throws(Failure) {
    let update = try Statement(
      connection, "UPDATE main.leat_meta SET value = ?1 WHERE key = 'epoch'")
    try update.bind(1, epoch)
    try update.writeRow(of: "leat_meta")
  }

  /// The count of commits in row 0 of leat_stream; nil when the row is missing or damaged, or the
  /// page that it is on.
  func commitCount() throws(Failure) -> CommitCount? {
    let find = try statement(.commitCount)
    do throws(Failure) {
      guard try find.step() else { return nil }
    } catch let failure {
      if failure.code == LEAT_E_CORRUPT { return nil }
      throw failure
    }
    guard let number = find.integer(0), number >= 0,
      let store = find.integer(1)
    else { return nil }
    let count = CommitCount(store: store, number: number)
    return find.integer(2) == Int64(count.checksum) ? count : nil
  }

  func setCommitCount(_ count: CommitCount) throws(Failure) {
    let update = try statement(.setCommitCount)
    try update.bind(1, count.number, count.store, Int64(count.checksum))
    if try update.write() == 0 { try Schema.insertCommitCount(count, into: connection) }
    if isReadBack(.setCommitCount) { return }
    guard let found = try commitCount(), found.number == count.number else {
      throw explanation.failure(
        LEAT_E_CORRUPT,
        "row 0 of leat_stream, the count of commits, is not what was written, in \(connection)")
    }
    setReadBack(.setCommitCount)
  }
}

/// The number of transactions that have written to a store.
struct CommitCount {
  /// A random number that identifies the store.
  var store: Int64
  var number: Int64

  var checksum: UInt32 {
    var crc = CRC32C()
    crc.update(UInt64(bitPattern: number))
    crc.update(UInt64(bitPattern: store))
    return crc.value
  }

  static func ofNewStore() -> CommitCount {
    CommitCount(store: SQLite.randomNumber() & .max, number: 0)
  }
}
