// SPDX-License-Identifier: MIT

import CLeat
import LeatBytes

/// A store's epoch is a number in leat_meta that every writer raises when it opens. A writer that
/// finds another number than its own has been replaced.
extension StoreHandle {
  func enterEpoch() throws(Failure) {
    let last = try currentEpoch()
    guard last < .max else {
      throw Failure(LEAT_E_CORRUPT, "the epoch is at its greatest value, in \(connection)")
    }
    let raise = try Statement(
      connection, "UPDATE main.leat_meta SET value = ?1 WHERE key = 'epoch'", kept: false)
    try raise.bind(1, last + 1)
    _ = try raise.step()
    epoch = last + 1
  }

  func requireEpoch() throws(Failure) {
    let current = try currentEpoch()
    if current != epoch {
      throw Failure(
        LEAT_E_FENCED,
        """
        another process took the store over: it is in epoch \(current), and this writer of epoch \
        \(epoch): \(connection)
        """)
    }
  }

  /// Whether this writer may still write, as far as can be told.
  func isFenced() -> Bool {
    guard let current = try? currentEpoch() else { return true }
    return current != epoch
  }

  private func currentEpoch() throws(Failure) -> Int64 {
    let find = try statement(.epoch)
    guard try find.step(), let epoch = find.integer(0), epoch >= 0 else {
      throw Failure(LEAT_E_CORRUPT, "leat_meta holds no epoch, in \(connection)")
    }
    return epoch
  }
}
