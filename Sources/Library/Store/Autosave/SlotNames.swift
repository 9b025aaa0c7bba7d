// SPDX-License-Identifier: MIT

import LeatSupport

/// Which slot a name has: a hash table with linear probing, never more than half full. Used under
/// the monitor's lock.
@safe struct SlotNames {
  /// A slot's number and 1, or 0. As many as a power of two.
  private let entries: UnsafeMutablePointer<UInt32>
  private let mask: Int
  /// Whose slots they are.
  private let autosave: AutosaveHandle

  init(_ entries: UnsafeMutablePointer<UInt32>, capacity: Int, of autosave: AutosaveHandle) {
    unsafe self.entries = entries
    self.autosave = autosave
    mask = capacity - 1
  }

  /// The entries for so many slots.
  static func capacity(for slots: Int) -> Int {
    var capacity = 2
    while capacity < 2 * slots { capacity *= 2 }
    return capacity
  }

  func contains(_ name: ByteView) -> Bool {
    unsafe entries[find(name)] != 0
  }

  /// Enters a name of the slot `number`, unless the table has it.
  func insert(_ name: ByteView, _ number: UInt32) -> Bool {
    let index = find(name)
    if unsafe entries[index] != 0 { return false }
    unsafe entries[index] = number + 1
    return true
  }

  /// Where a name's entry is, or the empty one that it would get.
  private func find(_ name: ByteView) -> Int {
    var index = place(name)
    while unsafe entries[index] != 0, unsafe !equal(nameOf(entries[index] - 1), name) {
      index = (index + 1) & mask
    }
    return index
  }

  /// Removes the slot `number` with its name, and moves up those after it that it kept from
  /// their place.
  func remove(_ number: UInt32) {
    var hole = place(nameOf(number))
    while unsafe entries[hole] != number + 1 {
      if unsafe entries[hole] == 0 { return }
      hole = (hole + 1) & mask
    }
    var index = hole
    while true {
      index = (index + 1) & mask
      let entry = unsafe entries[index]
      if entry == 0 { break }
      // How far it is from its place, and how far the hole is.
      if (index - place(nameOf(entry - 1))) & mask >= (index - hole) & mask {
        unsafe entries[hole] = entry
        hole = index
      }
    }
    unsafe entries[hole] = 0
  }

  private func nameOf(_ number: UInt32) -> ByteView { autosave.slot(Int(number)).nameBytes }

  /// FNV-1a.
  private func place(_ name: ByteView) -> Int {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for offset in 0..<name.count {
      hash = (hash ^ UInt64(name.byte(at: offset))) &* 0x100_0000_01b3
    }
    return Int(truncatingIfNeeded: hash ^ hash >> 32) & mask
  }

  private func equal(_ left: ByteView, _ right: ByteView) -> Bool {
    guard left.count == right.count else { return false }
    for offset in 0..<left.count where left.byte(at: offset) != right.byte(at: offset) {
      return false
    }
    return true
  }
}
