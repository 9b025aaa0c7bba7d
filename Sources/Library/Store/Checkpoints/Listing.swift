// SPDX-License-Identifier: MIT

import CLeat
import CLeatStore
import LeatSupport

extension StoreHandle {
  /// Calls `visit` for every stream in the order of their names, until it returns false.
  func list(_ visit: (UnsafePointer<leat_store_entry>) -> Bool) throws(Failure) {
    try requireFresh()
    holder = .visitor
    defer { holder = .nobody }
    // A stream's rows come one after the other; it's told when the next one's begin.
    var entry = ListEntry()
    var rowsOfCount = 0
    let rows = try statement(.list)
    while try rows.step() {
      guard let id = rows.integer(0), let name = try rows.text(1) else {
        throw Failure(LEAT_E_CORRUPT, "leat_stream has an impossible row, in \(connection)")
      }
      // Row 0 is no stream. Its name comes before all others; checkpoints of its would be 64 at most.
      if id == 0 {
        rowsOfCount += 1
        guard rowsOfCount <= 64 && entry.id == nil else {
          throw Failure(LEAT_E_CORRUPT, "leat_stream is out of order, in \(connection)")
        }
        continue
      }
      if entry.id != id {
        if entry.id != nil, unsafe !entry.tell(visit) { return }
        guard let new = ListEntry(id, name) else {
          throw Failure(
            LEAT_E_CORRUPT,
            "leat_stream has an impossible name of \(name.count) bytes, in \(connection)")
        }
        // Pages that point at each other can make SQLite give the same rows again, without end.
        guard entry.id == nil || entry.isBefore(new) else {
          throw Failure(LEAT_E_CORRUPT, "leat_stream is out of order, in \(connection)")
        }
        entry = new
      }
      guard entry.add(rows) else {
        throw Failure(LEAT_E_CORRUPT, "leat_checkpoint is out of order, in \(connection)")
      }
    }
    if entry.id != nil { _ = unsafe entry.tell(visit) }
  }
}

/// What is gathered about one stream.
@safe private struct ListEntry {
  private(set) var id: Int64?
  private var name = InlineArray<256, CChar>(repeating: 0)
  private var newest: Int64 = 0
  private var position: Int64 = 0
  private var savedAt: Int64 = 0
  private var stateSize: Int64 = 0
  private var cursorSize: Int64 = 0
  private var generations: UInt32 = 0

  init() {}

  /// nil when no save could have written the name.
  init?(_ id: Int64, _ name: ByteView) {
    guard name.count >= 1, name.count <= Int(LEAT_NAME_MAX), name.isUTF8 else { return nil }
    var text = InlineArray<256, CChar>(repeating: 0)
    for offset in 0..<name.count {
      if name.byte(at: offset) == 0 { return nil }
      text[offset] = CChar(bitPattern: name.byte(at: offset))
    }
    self.id = id
    self.name = text
  }

  /// In the order of their bytes, which is SQLite's.
  func isBefore(_ other: ListEntry) -> Bool {
    for index in 0..<256 where name[index] != other.name[index] {
      return UInt8(bitPattern: name[index]) < UInt8(bitPattern: other.name[index])
    }
    return false
  }

  /// Says whether the row can be one of the stream's checkpoints, which are 64 at most.
  mutating func add(_ row: borrowing Statement) -> Bool {
    // A stream without a checkpoint, which only damage can bring about, comes with NULLs.
    guard let generation = row.integer(2) else { return true }
    generations += 1
    if generations > 64 { return false }
    if generations > 1 && generation <= newest { return true }
    newest = generation
    position = row.integer(3) ?? 0
    savedAt = row.integer(4) ?? 0
    stateSize = row.integer(5) ?? 0
    cursorSize = row.integer(6) ?? 0
    return true
  }

  mutating func tell(_ visit: (UnsafePointer<leat_store_entry>) -> Bool) -> Bool {
    var entry = unsafe leat_store_entry()
    unsafe entry.generation = UInt64(clamping: newest)
    unsafe entry.position = UInt64(clamping: position)
    unsafe entry.saved_at_ms = savedAt
    unsafe entry.state_size = UInt64(clamping: stateSize)
    unsafe entry.cursor_size = UInt64(clamping: cursorSize)
    unsafe entry.generations = generations
    var span = name.mutableSpan
    return unsafe span.withUnsafeMutableBufferPointer { text in
      unsafe entry.name = UnsafePointer(text.baseAddress)
      return unsafe visit(&entry)
    }
  }
}
