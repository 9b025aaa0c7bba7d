// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

/// A stream's row in leat_stream.
struct StreamRow {
  let id: Int64
  /// nil when its checksum fails.
  let newest: Newest?

  /// What the row says of the newest checkpoint. It stands apart from that, in another table, so
  /// that one which is missing without a trace, such as by a write that the disk lost, is missed.
  struct Newest: Equatable {
    let model: Fingerprint
    let generation: Int64
    let position: Int64

    func checksum(of name: StreamName) -> UInt32 {
      var crc = CRC32C()
      crc.update(UInt64(name.bytes.count))
      unsafe name.bytes.withBytes { unsafe crc.update($0) }
      crc.update(model)
      crc.update(UInt64(bitPattern: generation))
      crc.update(UInt64(bitPattern: position))
      return crc.value
    }
  }

  /// Reads the columns of `Query.findStream`.
  init?(_ row: borrowing Statement, _ name: StreamName) throws(Failure) {
    guard let id = row.integer(0), id > 0, id <= StreamRow.greatestID else { return nil }
    self.id = id
    guard let model = try row.blob(1).flatMap({ Fingerprint($0) }),
      let generation = row.integer(2), generation > 0,
      let position = row.integer(3), position >= 0
    else {
      newest = nil
      return
    }
    let newest = Newest(model: model, generation: generation, position: position)
    self.newest = row.integer(4) == Int64(newest.checksum(of: name)) ? newest : nil
  }

  /// The `id` in leat_checkpoint of the stream's checkpoint of a generation. A stream has 64 ids
  /// there, numbered by generation modulo 64: so its rows lie together and need no index.
  static func slot(_ stream: Int64, _ generation: Int64) -> Int64 {
    stream << 6 | generation & 63
  }

  static let greatestID = Int64.max >> 6
}

extension StoreHandle {
  func find(_ name: StreamName) throws(Failure) -> StreamRow? {
    let find = try statement(.findStream)
    try find.bind(1, text: name.bytes)
    guard try find.step() else {
      try requireAllNames(find)
      return nil
    }
    guard let row = try StreamRow(find, name) else {
      throw Failure(
        LEAT_E_CORRUPT, "leat_stream has an impossible id: \(name) in \(connection)")
    }
    if row.newest != nil { return row }
    // An index of an earlier moment leads to another stream's row, which must not be written over.
    guard try find.text(5) == name.bytes else {
      throw Failure(
        LEAT_E_CORRUPT, "leat_stream's index leads to another row: \(name) in \(connection)")
    }
    try findCount(find)
    return row
  }

  /// Writes a stream's row, a new one when `id` is nil, and returns its id.
  func put(
    _ name: StreamName, _ newest: StreamRow.Newest, rowCRC: UInt32, id: Int64?
  ) throws(Failure) -> Int64 {
    let put = try statement(id == nil ? .addStream : .updateStream)
    try put.bind(2, newest.generation)
    try put.bind(3, newest.position)
    try put.bind(4, Int64(rowCRC))
    if let id { try put.bind(5, id) } else { try put.bind(5, text: name.bytes) }
    try newest.model.withView { model throws(Failure) in
      try put.bind(1, blob: model)
      try put.writeRow(of: "leat_stream")
    }
    let id = id ?? connection.lastInsertedRow
    guard id > 0, id <= StreamRow.greatestID else {
      throw Failure(LEAT_E_CORRUPT, "leat_stream has run out of ids, in \(connection)")
    }
    return id
  }
}
