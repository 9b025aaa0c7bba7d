// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

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
    try raise.writeRow(of: "leat_meta")
    let raised = try currentEpoch()
    if raised != last + 1 {
      throw Failure(
        LEAT_E_UNSUPPORTED, "the epoch is \(raised), expected \(last + 1): \(connection)")
    }
    epoch = raised
  }

  /// Throws unless this writer may still write.
  func requireEpoch() throws(Failure) {
    // Of many saves in one transaction only the first has to look: others can't change anything
    // until its end.
    let contents = connection.isReading ? connection.contentsVersion : nil
    if let contents, contents == checkedContents { return }
    checkedContents = nil
    let current = try currentEpoch()
    if current != epoch {
      throw Failure(
        LEAT_E_FENCED,
        """
        another process took the store over: it is in epoch \(current), and this writer of epoch \
        \(epoch): \(connection)
        """)
    }
    if connection.isReading { checkedContents = connection.contentsVersion }
  }

  /// Whether this writer may still write, as far as can be told.
  func isFenced() -> Bool {
    guard let current = try? currentEpoch() else { return true }
    return current != epoch
  }

  func currentEpoch() throws(Failure) -> Int64 {
    let find = try statement(.epoch)
    guard try find.step(), let epoch = find.integer(0), epoch >= 0 else {
      throw Failure(LEAT_E_CORRUPT, "leat_meta holds no epoch, in \(connection)")
    }
    return epoch
  }
}
