// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

extension StoreHandle {
  /// Checks every stream in the order of ids, and the checkpoints between their ids, which belong
  /// to no stream. What SQLite can't read is passed over.
  func verifyStreams(_ verification: inout Verification) throws(Failure) {
    var next = Int64.min
    var nextCheckpoint = Int64.min
    while true {
      do throws(Failure) {
        try verifyStreams(from: &next, nextCheckpoint: &nextCheckpoint, &verification)
        break
      } catch let failure {
        guard failure.isDamage else { throw failure }
        // The search for what is readable may fail in its turn.
        let reason = explanation.message
        guard let readable = try readableStream(after: next) else {
          verification.findings.add("streams from id \(next) on: \(reason)")
          return
        }
        verification.findings.add(
          "streams of ids \(next) to \(readable - 1): \(reason)")
        // It isn't known which of the checkpoints in between belong to a stream.
        next = readable
        nextCheckpoint = StreamRow.checkpointID(readable, 0)
      }
    }
    if nextCheckpoint < .max {
      try verifyNoCheckpoints(from: nextCheckpoint, to: .max, &verification)
    }
  }

  /// Leaves in `next` and `nextCheckpoint` the first ids that it hasn't checked.
  private func verifyStreams(
    from next: inout Int64, nextCheckpoint: inout Int64, _ verification: inout Verification
  ) throws(Failure) {
    let rows = try tables.statement(.streams, next)
    var order = RowOrder()
    while try rows.step() {
      let id = try order.next(rows, connection)
      guard id >= next else {
        throw explanation.failure(LEAT_E_CORRUPT, "leat_stream is out of order, in \(connection)")
      }
      if id > 0, id <= StreamRow.greatestID {
        let first = StreamRow.checkpointID(id, 0)
        if nextCheckpoint < first {
          try verifyNoCheckpoints(from: nextCheckpoint, to: first - 1, &verification)
        }
        nextCheckpoint = max(nextCheckpoint, id == StreamRow.greatestID ? .max : first + 64)
      }
      let (after, isLast) = id.addingReportingOverflow(1)
      next = isLast ? .max : after
      // Row 0 is no stream but the count of commits.
      if id != 0 { try verifyStream(rows, id, &verification) }
      if isLast { return }
    }
  }

  /// The least id from which on streams can be read, after `damaged`, which is on a damaged page.
  /// The distance is doubled until a read after it succeeds, then narrowed down. nil when there is
  /// none.
  private func readableStream(after damaged: Int64) throws(Failure) -> Int64? {
    var low = max(damaged, 0)
    var high = low
    var distance: Int64 = 1
    repeat {
      low = high
      high = low &+ distance
      distance &*= 2
      if high > StreamRow.greatestID || high < low { return nil }
    } while try !isReadable(from: high)
    while high - low > 1 {
      let middle = low + (high - low) / 2
      if try isReadable(from: middle) { high = middle } else { low = middle }
    }
    return high
  }

  private func isReadable(from id: Int64) throws(Failure) -> Bool {
    do throws(Failure) {
      let rows = try tables.statement(.streams, id)
      guard try rows.step() else { return true }
      guard let found = rows.integer(0) else { return false }
      return found >= id
    } catch let failure {
      guard failure.isDamage else { throw failure }
      return false
    }
  }

  /// Checks that there are no checkpoints from one id to another.
  private func verifyNoCheckpoints(
    from first: Int64, to last: Int64, _ verification: inout Verification
  ) throws(Failure) {
    var count: UInt64 = 0
    var firstFound: Int64 = 0
    var lastFound: Int64 = 0
    do throws(Failure) {
      let rows = try tables.statement(.checkpointIDs, first, last)
      var order = RowOrder()
      while try rows.step() {
        lastFound = try order.next(rows, connection)
        if count == 0 { firstFound = lastFound }
        count &+= 1
      }
    } catch let failure {
      try verification.findings.add(failure)
    }
    if count == 0 { return }
    verification.findings.add(
      """
      leat_checkpoint has rows of no stream: \(count), of ids from \(firstFound) to \(lastFound)
      """)
    try verification.report(count)
  }
}
