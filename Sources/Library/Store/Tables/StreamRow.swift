// SPDX-License-Identifier: MIT

import LeatSupport

/// A stream's row in leat_stream.
struct StreamRow {
  let id: Int64
  /// Whether it is a group's, by its model, even if the checksum is wrong.
  let isGroup: Bool
  /// nil when the checksum is wrong.
  let newest: Newest?

  /// What the row says of the newest checkpoint. That is in another table, so if it is lost without
  /// a trace, such as by a write that the disk dropped, this still names it.
  struct Newest: Equatable {
    let model: Fingerprint
    let generation: Int64
    let position: Int64

    func checksum(of name: StreamName, _ emptyCRC: CRC32C) -> UInt32 {
      var crc = emptyCRC
      crc.update(name)
      crc.update(model)
      crc.update(UInt64(bitPattern: generation))
      crc.update(UInt64(bitPattern: position))
      return crc.value
    }
  }

  /// Reads the columns of `Query.findStream` and `Query.streams`. nil when the id is impossible.
  init?(_ row: borrowing Statement, _ name: StreamName) throws(Failure) {
    guard let id = row.integer(0), id > 0, id <= StreamRow.greatestID else { return nil }
    self.id = id
    let model = try row.blob(1).flatMap { Fingerprint($0) }
    isGroup = model == .group
    guard let model,
      let generation = row.integer(2), generation > 0,
      let position = row.integer(3), position >= 0
    else {
      newest = nil
      return
    }
    let newest = Newest(model: model, generation: generation, position: position)
    let checksum = newest.checksum(of: name, row.emptyCRC)
    self.newest = row.integer(4) == Int64(checksum) ? newest : nil
  }

  /// The name in the row; nil when no caller could have given it.
  static func name(_ row: borrowing Statement) throws(Failure) -> StreamName? {
    guard let bytes = try row.text(5) else { return nil }
    return StreamName(stored: bytes)
  }

  /// The id in leat_checkpoint of a stream's checkpoint. A stream has 64 ids there, numbered by
  /// generation modulo 64: so its rows are next to each other and need no index.
  static func checkpointID(_ stream: Int64, _ generation: Int64) -> Int64 {
    stream << 6 | generation & 63
  }

  static let greatestID = Int64.max >> 6
}
