// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

extension Ownership {
  /// Throws unless this writer is still the store's: the fence before every write.
  mutating func requireEpoch(_ tables: StoreTables) throws(Failure) {
    let connection = tables.connection
    // Of many saves in one transaction only the first has to read the epoch: until the
    // transaction's end nobody else can change it.
    let version = connection.hasSnapshot ? connection.dataVersion : nil
    if let version, version == checkedDataVersion { return }
    checkedDataVersion = nil
    let current = try currentEpoch(tables)
    if current != epoch {
      throw connection.explanation.failure(
        LEAT_E_FENCED,
        """
        another process took the store over: found epoch \(current), expected this writer's, \
        \(epoch): \(connection)
        """)
    }
    if connection.hasSnapshot { checkedDataVersion = connection.dataVersion }
  }

  /// Whether the store has another writer by now. True also when the epoch can't be read.
  func isFenced(_ tables: StoreTables) -> Bool {
    guard let current = try? currentEpoch(tables) else { return true }
    return current != epoch
  }

  /// Increases the epoch, which fences the writer before.
  mutating func enterEpoch(_ tables: StoreTables) throws(Failure) {
    let connection = tables.connection
    let last = try currentEpoch(tables)
    guard last < .max else {
      throw connection.explanation.failure(
        LEAT_E_CORRUPT, "the epoch is at its greatest value, in \(connection)")
    }
    try tables.setEpoch(last + 1)
    let entered = try currentEpoch(tables)
    if entered != last + 1 {
      throw connection.explanation.failure(
        LEAT_E_UNSUPPORTED, "found epoch \(entered), expected \(last + 1): \(connection)")
    }
    epoch = entered
  }

  private func currentEpoch(_ tables: StoreTables) throws(Failure) -> Int64 {
    guard let epoch = try tables.epoch() else {
      throw tables.explanation.failure(
        LEAT_E_CORRUPT, "leat_meta holds no epoch, in \(tables.connection)")
    }
    return epoch
  }
}
