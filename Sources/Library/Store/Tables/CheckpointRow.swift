// SPDX-License-Identifier: MIT

import CLeatStore
import LeatSupport

/// A row of leat_checkpoint without its state. The row's checksum is correct.
struct CheckpointRow {
  let generation: Int64
  let position: Int64
  let savedAt: Int64
  let stateCRC: UInt32
  /// The row's own. Of the state it includes only the CRC at the state's end: a change of the state
  /// that this CRC misses would be missed by a CRC over the whole state too.
  private(set) var checksum: UInt32 = 0
  /// Valid as long as the statement it came from is on the row.
  let cursor: ByteView

  /// A row to be written.
  init(
    of name: StreamName, generation: Int64, position: Int64, savedAt: Int64, state: ByteView,
    cursor: ByteView, _ emptyCRC: CRC32C
  ) {
    self.generation = generation
    self.position = position
    self.savedAt = savedAt
    stateCRC = CheckpointRow.crc(atEndOf: state) ?? 0
    self.cursor = cursor
    checksum = checksum(of: name, emptyCRC)
  }

  /// Reads the first columns of `Query.readCheckpoint`. nil when they are not as they were written.
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
    self.checksum = self.checksum(of: name, row.emptyCRC)
    if Int64(self.checksum) != checksum { return nil }
  }

  /// The checksum that the row would have with this name.
  func checksum(of name: StreamName, _ emptyCRC: CRC32C) -> UInt32 {
    var crc = emptyCRC
    crc.update(name)
    crc.update(UInt64(bitPattern: generation))
    crc.update(UInt64(bitPattern: position))
    crc.update(UInt64(bitPattern: savedAt))
    crc.update(UInt64(stateCRC))
    crc.update(UInt64(cursor.count))
    unsafe cursor.withBytes { unsafe crc.update($0) }
    return crc.value
  }

  /// The CRC in a state's last four bytes.
  fileprivate static func crc(atEndOf state: ByteView) -> UInt32? {
    guard state.count >= 4 else { return nil }
    return state.littleEndian(at: state.count - 4, as: UInt32.self)
  }
}

/// A whole row of leat_checkpoint, of which either half may be damaged.
struct Checkpoint {
  let row: CheckpointRow?
  let info: StateInfo?
  /// Valid as long as the statement it came from is on the row.
  let state: ByteView

  /// Reads the columns of `Query.readCheckpoint`. If the row is of another generation than the
  /// requested one, it counts as damaged: it is in a slot that isn't its own.
  init(
    _ statement: borrowing Statement, of name: StreamName, generation: Int64
  ) throws(Failure) {
    let found = try CheckpointRow(statement, of: name)
    row = found?.generation == generation ? found : nil
    if let state = try statement.blob(6) {
      self.state = state
      info = try StateInfo(state, statement.emptyCRC, statement.explanation)
    } else {
      state = .empty
      info = nil
    }
  }

  /// Row and state, if both are undamaged and belong together.
  var whole: (row: CheckpointRow, info: StateInfo)? {
    guard let row, let info, UInt64(row.position) == info.position,
      row.stateCRC == CheckpointRow.crc(atEndOf: state)
    else { return nil }
    return (row, info)
  }

  /// The position, if a checksum confirms it.
  var position: UInt64? {
    if let row { return UInt64(row.position) }
    return info?.position
  }
}
