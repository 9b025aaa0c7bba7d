// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

extension StoreTables {
  func find(_ name: StreamName) throws(Failure) -> StreamRow? {
    let find = try statement(.findStream)
    try find.bind(1, text: name.bytes)
    guard try find.step() else {
      try requireAllNames(find)
      return nil
    }
    guard let row = try StreamRow(find, name) else {
      throw explanation.failure(
        LEAT_E_CORRUPT, "leat_stream has an impossible id: \(name) in \(connection)")
    }
    if row.newest != nil { return row }
    // An index of an earlier moment leads to another stream's row, which must not be overwritten.
    guard try find.text(5) == name.bytes else {
      throw explanation.failure(
        LEAT_E_CORRUPT, "leat_stream's index leads to another row: \(name) in \(connection)")
    }
    try findCommitCount(find)
    return row
  }

  /// Whether `find` finds row 0, whose name is empty. If it does, it searches by name: with an
  /// authorizer that answers SQLITE_IGNORE every name would be NULL. Throws when columns are read
  /// as NULL.
  @discardableResult
  func findCommitCount(_ find: borrowing Statement) throws(Failure) -> Bool {
    find.reset()
    try find.bind(1, text: .empty)
    defer { find.reset() }
    guard try find.step() else { return false }
    guard try find.blob(1) != nil, find.integer(2) != nil, find.integer(3) != nil,
      find.integer(4) != nil
    else {
      throw explanation.failure(
        LEAT_E_CORRUPT,
        "columns of leat_stream are read as NULL, by damage or by an authorizer: \(connection)")
    }
    return true
  }

  /// Whether a stream is found by its name, without the checks of `find`.
  func hasRow(_ name: StreamName) throws(Failure) -> Bool {
    let find = try statement(.findStream)
    try find.bind(1, text: name.bytes)
    return try find.step()
  }

  /// Writes a stream's row, a new one when `id` is nil, and returns its id.
  func write(
    _ name: StreamName, _ newest: StreamRow.Newest, rowCRC: UInt32, id: Int64?
  ) throws(Failure) -> Int64 {
    let write = try statement(id == nil ? .insertStream : .updateStream)
    try write.bind(2, newest.generation, newest.position, Int64(rowCRC))
    if let id { try write.bind(5, id) } else { try write.bind(5, text: name.bytes) }
    try newest.model.withView { model throws(Failure) in
      try write.bind(1, blob: model)
      try write.writeRow(of: "leat_stream")
    }
    let id = id ?? connection.lastInsertedRow
    guard id > 0, id <= StreamRow.greatestID else {
      throw explanation.failure(LEAT_E_CORRUPT, "leat_stream has run out of ids, in \(connection)")
    }
    return id
  }

  /// Changes a stream's row if all of it is as a recent save left it. Returns whether it was.
  func advance(
    _ name: StreamName, from last: RecentSave, to newest: StreamRow.Newest, rowCRC: UInt32
  ) throws(Failure) -> Bool {
    let advance = try statement(.advanceStream)
    try advance.bind(1, newest.generation, newest.position, Int64(rowCRC))
    try advance.bind(4, last.id)
    try advance.bind(5, text: name.bytes)
    try advance.bind(7, last.generation)
    try advance.bind(8, Int64(last.rowCRC))
    return try newest.model.withView { model throws(Failure) in
      try advance.bind(6, blob: model)
      return try advance.write() != 0
    }
  }

  func rename(_ row: StreamRow, to name: StreamName) throws(Failure) {
    let rename = try statement(.renameStream, row.id)
    try rename.bind(2, text: name.bytes)
    // 2^32 is no checksum: a damaged row must stay invalid under the new name.
    try rename.bind(
      3,
      row.newest.map { Int64($0.checksum(of: name, rename.emptyCRC)) } ?? 1 << 32)
    try rename.writeRow(of: "leat_stream")
  }

  func deleteRow(ofStream id: Int64) throws(Failure) {
    try statement(.deleteStream, id).writeRow(of: "leat_stream")
  }
}
