// SPDX-License-Identifier: MIT

import CLeat
import CLeatStore
import LeatSupport

/// The caller's `leat_progress`, if there is one.
@safe struct Progress {
  private let call: leat_progress?
  private let context: UnsafeMutableRawPointer?

  init(_ call: leat_progress?, _ context: UnsafeMutableRawPointer?) {
    unsafe self.call = call
    unsafe self.context = context
  }

  /// Whether it's worth while to find out how much there is to do.
  var isWanted: Bool { unsafe call != nil }

  func report(_ done: UInt64, of total: UInt64) throws(Failure) {
    guard let call = unsafe call else { return }
    if unsafe call(context, done, total) != 0 {
      throw Failure(LEAT_E_STOPPED, "stopped by progress, with \(done) of \(total) done")
    }
  }
}

extension StoreHandle {
  /// Does `body` while calls on the store from within the caller's functions are refused.
  func keepingVisitorsOut(_ body: () throws(Failure) -> Void) throws(Failure) {
    holder = .visitor
    defer { holder = .nobody }
    try body()
  }

  /// Counts the rows that `sql` gives, whose first column is the ids of a table in their order; but
  /// not row 0, which is no stream. (A condition in SQL would be false for all rows when an authorizer
  /// makes ids NULL.)
  ///
  /// Pages that point at each other can make SQLite give the same rows again, without end:
  /// count(*) would never return.
  func count(_ sql: StaticString) throws(Failure) -> UInt64 {
    let rows = try Statement(connection, sql, kept: false)
    var last = RowOrder()
    var count: UInt64 = 0
    while try rows.step() {
      if try last.next(rows, connection) != 0 { count &+= 1 }
    }
    return count
  }
}

/// Sees to it that the rows of a table, whose id is the first column, come in order.
struct RowOrder {
  private var last: Int64?

  /// The row's id.
  mutating func next(
    _ row: borrowing Statement, _ connection: Connection
  ) throws(Failure) -> Int64 {
    guard let id = row.integer(0) else {
      throw Failure(LEAT_E_CORRUPT, "a table has a row without an id, in \(connection)")
    }
    if let last, id <= last {
      throw Failure(LEAT_E_CORRUPT, "the rows of a table are out of order, in \(connection)")
    }
    last = id
    return id
  }
}
