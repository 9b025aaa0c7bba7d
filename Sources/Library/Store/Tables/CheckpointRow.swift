// SPDX-License-Identifier: MIT

import CLeat
import CLeatStore
import LeatSupport

/// A row of leat_checkpoint but for its state, its checksum having held.
struct CheckpointRow {
  let generation: Int64
  let position: Int64
  let savedAt: Int64
  let stateCRC: UInt32
  /// Valid as long as the statement that it came from stands on the row.
  let cursor: ByteView

  /// A row to be written.
  init(
    generation: Int64, position: Int64, savedAt: Int64, state: ByteView, cursor: ByteView
  ) {
    self.generation = generation
    self.position = position
    self.savedAt = savedAt
    stateCRC = CheckpointRow.crc(atEndOf: state) ?? 0
    self.cursor = cursor
  }

  /// Reads the first columns of `Query.readCheckpoint`. nil when they aren't what was written.
  init?(_ row: borrowing Statement, of name: StreamName) throws(Failure) {
    guard let generation = row.integer(0), generation > 0,
      let position = row.integer(1), position >= 0,
      let savedAt = row.integer(2),
      let stateCRC = row.integer(3).flatMap(UInt32.init(exactly:)),
      let checksum = row.integer(4),
      let cursor = try row.blob(5), cursor.count <= Int(LEAT_CURSOR_MAX)
    else { return nil }
    self.generation = generation
    self.position = position
    self.savedAt = savedAt
    self.stateCRC = stateCRC
    self.cursor = cursor
    if Int64(self.checksum(of: name)) != checksum { return nil }
  }

  /// A row's own checksum. Of the state it takes in only the CRC that the state ends with: what
  /// changes a state but not its CRC would not change a CRC over all of its bytes either.
  func checksum(of name: StreamName) -> UInt32 {
    var crc = CRC32C()
    crc.update(UInt64(name.bytes.count))
    unsafe name.bytes.withBytes { unsafe crc.update($0) }
    crc.update(UInt64(bitPattern: generation))
    crc.update(UInt64(bitPattern: position))
    crc.update(UInt64(bitPattern: savedAt))
    crc.update(UInt64(stateCRC))
    crc.update(UInt64(cursor.count))
    unsafe cursor.withBytes { unsafe crc.update($0) }
    return crc.value
  }

  /// The CRC that a state carries in its last four bytes.
  fileprivate static func crc(atEndOf state: ByteView) -> UInt32? {
    guard state.count >= 4 else { return nil }
    return state.littleEndian(at: state.count - 4, as: UInt32.self)
  }
}

/// All of a row of leat_checkpoint, each half as far as it holds.
struct Checkpoint {
  let row: CheckpointRow?
  let info: StateInfo?
  /// Valid as long as the statement that it came from stands on the row.
  let state: ByteView

  /// Reads the columns of `Query.readCheckpoint`. A row of another generation than the one that was
  /// looked for is no more than the row that is in its place: something else claimed the generation.
  init(
    _ statement: borrowing Statement, of name: StreamName, generation: Int64
  ) throws(Failure) {
    let found = try CheckpointRow(statement, of: name)
    row = found?.generation == generation ? found : nil
    if let state = try statement.blob(6) {
      self.state = state
      info = try StateInfo(state)
    } else {
      state = .empty
      info = nil
    }
  }

  /// Row and state, if both hold and belong together.
  var whole: (row: CheckpointRow, info: StateInfo)? {
    guard let row, let info, UInt64(row.position) == info.position,
      row.stateCRC == CheckpointRow.crc(atEndOf: state)
    else { return nil }
    return (row, info)
  }

  /// The position, as far as a checksum vouches for it.
  var position: UInt64? {
    if let row { return UInt64(row.position) }
    return info?.position
  }
}
