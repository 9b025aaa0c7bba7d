// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

/// The index of the streams' names could lose one to a damaged page. A stream would then begin anew as
/// if it had never been, beside the rows that it left.
extension StoreHandle {
  /// Makes sure that a name which `find` did not find is none. That the index has the names of all
  /// streams is looked at once, at the first name that isn't found: it reads table and index, a
  /// second for a million streams.
  func requireAllNames(_ find: borrowing Statement) throws(Failure) {
    let findsCount = try findCount(find)
    if hasAllNames && findsCount { return }
    let table = try NameSum(statement(.namesInTable), most: .max, in: connection)
    let index = try NameSum(statement(.namesInIndex), most: table.count, in: connection)
    guard table.count == index.count, table.sum == index.sum else {
      throw Failure(
        LEAT_E_CORRUPT,
        """
        leat_stream has \(table.count) names and its index \(index.count), or others, in \
        \(connection)
        """)
    }
    if table.hasCount && !findsCount {
      throw Failure(
        LEAT_E_CORRUPT,
        "a search of leat_stream does not find the row that it has, in \(connection)")
    }
    hasAllNames = true
  }
}

extension StoreHandle {
  /// Whether `find` finds row 0, whose name is empty, and so is a search: an authorizer that answers
  /// SQLITE_IGNORE makes every name NULL. Throws when it makes what it finds NULL.
  @discardableResult
  func findCount(_ find: borrowing Statement) throws(Failure) -> Bool {
    find.reset()
    try find.bind(1, text: .empty)
    defer { find.reset() }
    guard try find.step() else { return false }
    guard try find.blob(1) != nil, find.integer(2) != nil, find.integer(3) != nil,
      find.integer(4) != nil
    else {
      throw Failure(
        LEAT_E_CORRUPT,
        "columns of leat_stream are read as NULL, by damage or by an authorizer: \(connection)")
    }
    return true
  }
}

/// A sum over ids and names that doesn't depend on their order.
private struct NameSum {
  private(set) var count: Int64 = 0
  private(set) var sum: UInt64 = 0
  /// Whether row 0 is among them, where the commits are counted, with its empty name.
  private(set) var hasCount = false

  /// `most` is how many there can be; if that isn't known, the ids must ascend: pages that point at
  /// each other can make SQLite give the same rows again, without end.
  init(
    _ rows: consuming Statement, most: Int64, in connection: Connection
  ) throws(Failure) {
    var last = Int64.min
    while try rows.step() {
      guard let id = rows.integer(0), let name = try rows.text(1), count < most,
        most < .max || id > last
      else {
        throw Failure(LEAT_E_CORRUPT, "leat_stream or its index is out of order, in \(connection)")
      }
      last = id
      if id == 0 && name.count == 0 { hasCount = true }
      var crc = CRC32C()
      crc.update(UInt64(bitPattern: id))
      unsafe name.withBytes { unsafe crc.update($0) }
      count += 1
      sum &+= UInt64(crc.value)
    }
  }
}
