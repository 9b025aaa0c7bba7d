// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

extension StoreTables {
  /// Makes sure that a name which `find` did not find doesn't exist. A damaged page can take a name
  /// out of the index. The stream would then be made a second time, beside the rows it already has.
  /// So the first name that isn't found causes a comparison of table and index, once for an open
  /// store: it takes a second for a million streams.
  func requireAllNames(_ find: borrowing Statement) throws(Failure) {
    let findsCount = try findCommitCount(find)
    if kept.hasAllNames && findsCount { return }
    let table = try NameSum(statement(.namesInTable), most: .max, in: connection)
    let index = try NameSum(statement(.namesInIndex), most: table.count, in: connection)
    guard table.count == index.count, table.sum == index.sum else {
      throw explanation.failure(
        LEAT_E_CORRUPT,
        """
        leat_stream has \(table.count) names and its index \(index.count), or others, in \
        \(connection)
        """)
    }
    if table.hasCommitCount && !findsCount {
      throw explanation.failure(
        LEAT_E_CORRUPT,
        "a search of leat_stream does not find the row that it has, in \(connection)")
    }
    kept.hasAllNames = true
  }
}

/// A sum over ids and names that doesn't depend on their order.
private struct NameSum {
  private(set) var count: Int64 = 0
  private(set) var sum: UInt64 = 0
  /// Whether row 0, with its empty name, is among them.
  private(set) var hasCommitCount = false

  /// `most` is the greatest possible number of rows. If that isn't known, the ids must ascend.
  init(
    _ rows: consuming Statement, most: Int64, in connection: Connection
  ) throws(Failure) {
    var last = Int64.min
    while try rows.step() {
      guard let id = rows.integer(0), let name = try rows.text(1), count < most,
        most < .max || id > last
      else {
        throw connection.explanation.failure(
          LEAT_E_CORRUPT, "leat_stream or its index is out of order, in \(connection)")
      }
      last = id
      if id == 0 && name.count == 0 { hasCommitCount = true }
      var crc = rows.emptyCRC
      crc.update(UInt64(bitPattern: id))
      unsafe name.withBytes { unsafe crc.update($0) }
      count += 1
      sum &+= UInt64(crc.value)
    }
  }
}
