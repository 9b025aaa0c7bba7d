// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

/// Checks that the rows of a table come in the order of their ids, which are the first column.
struct RowOrder {
  private var last: Int64?

  /// Returns the row's id.
  mutating func next(
    _ row: borrowing Statement, _ connection: Connection
  ) throws(Failure) -> Int64 {
    guard let id = row.integer(0) else {
      throw connection.explanation.failure(
        LEAT_E_CORRUPT, "a table has a row without an id, in \(connection)")
    }
    if let last, id <= last {
      throw connection.explanation.failure(
        LEAT_E_CORRUPT, "the rows of a table are out of order, in \(connection)")
    }
    last = id
    return id
  }
}
