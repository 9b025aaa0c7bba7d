// SPDX-License-Identifier: MIT

import CLeatStore
import LeatSupport

/// A stream with the newest of its checkpoints, gathered from the rows of `Query.list`.
@safe struct ListEntry {
  private(set) var id: Int64?
  private var name = InlineArray<256, CChar>(repeating: 0)
  private var newest: Int64 = 0
  private var position: Int64 = 0
  private var savedAt: Int64 = 0
  private var stateSize: Int64 = 0
  private var cursorSize: Int64 = 0
  private var generations: UInt32 = 0
  private var isGroup = false

  init() {}

  /// nil when no save could have written the name.
  init?(_ id: Int64, _ name: ByteView) {
    guard let name = StreamName(stored: name)?.bytes else { return nil }
    for offset in 0..<name.count {
      self.name[offset] = CChar(bitPattern: name.byte(at: offset))
    }
    self.id = id
  }

  /// A member of a group, with what the group's checkpoint says of it.
  init?(_ member: GroupMember, _ name: ByteView) {
    self.init(member.id, name)
    newest = member.generation
    position = Int64(clamping: member.position)
  }

  /// In the order of their bytes, as SQLite sorts them.
  func isBefore(_ other: ListEntry) -> Bool {
    for index in 0..<256 where name[index] != other.name[index] {
      return UInt8(bitPattern: name[index]) < UInt8(bitPattern: other.name[index])
    }
    return false
  }

  /// Adds a row of the stream's. Returns false when it has more than 64 checkpoints.
  mutating func add(_ row: borrowing Statement) throws(Failure) -> Bool {
    // NULL for a stream without a checkpoint, which only damage can cause.
    guard let generation = row.integer(2) else { return true }
    generations += 1
    if generations > 64 { return false }
    if generations > 1 && generation <= newest { return true }
    newest = generation
    position = row.integer(3) ?? 0
    savedAt = row.integer(4) ?? 0
    stateSize = row.integer(5) ?? 0
    cursorSize = row.integer(6) ?? 0
    isGroup = try row.blob(7).flatMap { Fingerprint($0) } == .group
    return true
  }

  mutating func visit(_ visit: (UnsafePointer<leat_store_entry>) -> Bool) -> Bool {
    var entry = unsafe leat_store_entry()
    unsafe entry.generation = UInt64(clamping: newest)
    unsafe entry.position = UInt64(clamping: position)
    unsafe entry.saved_at_ms = savedAt
    unsafe entry.state_size = UInt64(clamping: stateSize)
    unsafe entry.cursor_size = UInt64(clamping: cursorSize)
    unsafe entry.generations = generations
    // A damaged manifest may seem to have none.
    unsafe entry.members = isGroup ? max(1, GroupManifest.count(inBytes: stateSize)) : 0
    var span = name.mutableSpan
    return unsafe span.withUnsafeMutableBufferPointer { text in
      unsafe entry.name = UnsafePointer(text.baseAddress)
      return unsafe visit(&entry)
    }
  }
}
