// SPDX-License-Identifier: MIT

import CLeat
import CLeatStore
import LeatSupport

extension StoreHandle {
  /// Calls `visit` for every stream in the order of their names, until it returns false.
  func list(_ visit: (UnsafePointer<leat_store_entry>) -> Bool) throws(Failure) {
    try requireUnchangedFile()
    try refusingCalls { () throws(Failure) in
      // A stream has a row for each checkpoint; it is visited when the next stream's rows begin.
      var entry = ListEntry()
      var rowsOfCount = 0
      let rows = try tables.statement(.list)
      while try rows.step() {
        guard let id = rows.integer(0), let name = try rows.text(1) else {
          throw explanation.failure(
            LEAT_E_CORRUPT, "leat_stream has an impossible row, in \(connection)")
        }
        // Row 0 is no stream. Its name is before all others. It may be joined with 64 checkpoints.
        if id == 0 {
          rowsOfCount += 1
          guard rowsOfCount <= 64 && entry.id == nil else { throw outOfOrder("leat_stream") }
          continue
        }
        if entry.id != id {
          if entry.id != nil, unsafe !entry.visit(visit) { return }
          guard let new = ListEntry(id, name) else {
            throw explanation.failure(
              LEAT_E_CORRUPT,
              "leat_stream has an impossible name of \(name.count) bytes, in \(connection)")
          }
          guard entry.id == nil || entry.isBefore(new) else { throw outOfOrder("leat_stream") }
          entry = new
        }
        guard try entry.add(rows) else { throw outOfOrder("leat_checkpoint") }
      }
      if entry.id != nil { _ = unsafe entry.visit(visit) }
    }
  }

  private func outOfOrder(_ table: StaticString) -> Failure {
    explanation.failure(LEAT_E_CORRUPT, "\(table) is out of order, in \(connection)")
  }
}
