// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

/// All slots of an autosave.
@safe struct Slots {
  private let memory: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  private let layout: SlotLayout
  let count: Int
  let explanation: Explanation

  @inline(__always)
  init(
    _ memory: UnsafeMutablePointer<UnsafeMutableRawPointer?>, _ layout: SlotLayout, count: Int,
    _ explanation: Explanation
  ) {
    unsafe self.memory = memory
    self.layout = layout
    self.count = count
    self.explanation = explanation
  }

  /// Allocates the slots, all of them free. On failure `free` returns those that were allocated.
  func initialize() throws(Failure) {
    for index in 0..<count {
      unsafe memory[index] = try SQLiteMemory.allocate(
        layout.slotSize + SlotLayout.line - 1, explanation)
      self[index].initialize(nextFree: index + 1 < count ? UInt32(index + 1) : .max)
    }
  }

  func free() {
    for index in 0..<count { unsafe SQLiteMemory.free(memory[index]) }
  }

  /// `number` is less than `count`.
  @inline(__always)
  subscript(number: Int) -> Slot {
    // Safe: all slots are allocated before this is used.
    unsafe Slot(in: memory[number].unsafelyUnwrapped, layout)
  }

  /// The slot that the caller named, which must be used in this way.
  @inline(__always)
  func used(_ number: UInt32, as use: SlotUse) throws(Failure) -> Slot {
    guard number < count, self[Int(number)].use == use else { throw noSlot(number) }
    return self[Int(number)]
  }

  /// The slot of a stream or a group that the caller named.
  func used(_ number: UInt32) throws(Failure) -> Slot {
    guard number < count else { throw noSlot(number) }
    switch self[Int(number)].use {
    case .stream, .group: return self[Int(number)]
    case .none, .member: throw noSlot(number)
    }
  }

  /// Calls `body` for each member of a group.
  func forEachMember(
    of group: Slot, _ body: (_ index: Int, _ member: Slot) throws(Failure) -> Void
  ) throws(Failure) {
    var number = group.nextMember.load()
    for index in 0..<Int(group.memberCount.load()) {
      let member = self[Int(number)]
      try body(index, member)
      number = member.nextMember.load()
    }
  }

  @inline(never)
  private func noSlot(_ number: UInt32) -> Failure {
    guard number < count else {
      return explanation.failure(
        LEAT_E_ARGUMENT, "slot: found \(number), expected 0 to \(count - 1)")
    }
    let found: StaticString =
      switch self[Int(number)].use {
      case .none: "free: no stream was added to it"
      case .stream: "a stream's, expected a group's"
      case .group: "a group's, expected a stream's"
      case .member: "one member's, expected that of its group"
      }
    return explanation.failure(LEAT_E_ARGUMENT, "slot \(number) is \(found)")
  }
}

/// Which slot a name has, and which slots are free. The names are in a hash table with linear
/// probing, never more than half full. Used under the lock of the rounds.
@safe struct SlotDirectory {
  /// The number of a slot plus 1, or 0. The count of entries is a power of two.
  private let entries: UnsafeMutablePointer<UInt32>
  private let mask: Int
  private let firstFree: UnsafeMutablePointer<UInt32>
  private let slots: Slots

  init(
    _ entries: UnsafeMutablePointer<UInt32>, capacity: Int,
    firstFree: UnsafeMutablePointer<UInt32>, _ slots: Slots
  ) {
    unsafe self.entries = entries
    mask = capacity - 1
    unsafe self.firstFree = firstFree
    self.slots = slots
  }

  /// The number of entries for a number of slots.
  static func capacity(for slots: Int) -> Int {
    var capacity = 2
    while capacity < 2 * slots { capacity *= 2 }
    return capacity
  }

  /// Gives a name a free slot, and returns its number.
  func add(_ name: StreamName, as use: SlotUse) throws(Failure) -> UInt32 {
    // This comes first: it is the failure also when no slot is free.
    try requireNew(name)
    let index = find(name.bytes)
    let number = unsafe firstFree.pointee
    if number == .max {
      throw slots.explanation.failure(
        LEAT_E_FULL, "all \(slots.count) slots are taken, there is none for \(name)")
    }
    unsafe entries[index] = number + 1
    let slot = slots[Int(number)]
    unsafe firstFree.pointee = slot.offering.nextFree
    slot.setName(name)
    slot.offering.position = nil
    slot.takenBefore.store(slot.offering.taken)
    slot.durablePosition.store(0)
    slot.memberCount.store(0)
    slot.use = use
    return number
  }

  private func requireNew(_ name: StreamName) throws(Failure) {
    if unsafe entries[find(name.bytes)] != 0 {
      throw slots.explanation.failure(LEAT_E_EXISTS, "it has a slot already: \(name)")
    }
  }

  /// Gives a group and each of its members a free slot, and returns the group's number. On failure
  /// no slot is taken.
  func addGroup(
    _ name: StreamName, count: Int, _ member: (Int) throws(Failure) -> StreamName
  ) throws(Failure) -> UInt32 {
    try requireNew(name)
    for index in 0..<count { try requireNew(member(index)) }
    var free = 0
    var next = unsafe firstFree.pointee
    while next != .max && free <= count {
      free += 1
      next = slots[Int(next)].offering.nextFree
    }
    if free <= count {
      throw slots.explanation.failure(
        LEAT_E_FULL, "found \(free) free slots, expected \(count + 1) for the group \(name)")
    }
    let number = try add(name, as: .group)
    let group = slots[Int(number)]
    do throws(Failure) {
      var last = group
      for index in 0..<count {
        let added = try add(member(index), as: .member)
        last.nextMember.store(UInt64(added))
        last = slots[Int(added)]
        group.memberCount.store(UInt64(index + 1))
      }
    } catch let failure {
      remove(number)
      throw failure
    }
    return number
  }

  /// Frees the slot of a stream, or all slots of a group.
  func remove(_ number: UInt32) {
    let group = slots[Int(number)]
    var member = group.nextMember.load()
    for _ in 0..<group.memberCount.load() {
      let next = slots[Int(member)].nextMember.load()
      free(UInt32(member))
      member = next
    }
    free(number)
  }

  private func free(_ number: UInt32) {
    removeName(number)
    let slot = slots[Int(number)]
    slot.use = .none
    slot.failure.set(nil, slots.explanation)
    slot.offering.nextFree = unsafe firstFree.pointee
    unsafe firstFree.pointee = number
  }

  /// The index of a name's entry, or of the empty entry that it would get.
  private func find(_ name: ByteView) -> Int {
    var index = hash(name)
    while unsafe entries[index] != 0, unsafe self.name(entries[index] - 1) != name {
      index = (index + 1) & mask
    }
    return index
  }

  /// Removes a slot's entry, and moves up entries after it that could not be at their first place.
  private func removeName(_ number: UInt32) {
    var hole = hash(name(number))
    while unsafe entries[hole] != number + 1 {
      if unsafe entries[hole] == 0 { return }
      hole = (hole + 1) & mask
    }
    var index = hole
    while true {
      index = (index + 1) & mask
      let entry = unsafe entries[index]
      if entry == 0 { break }
      // The entry's distance from its first place, and from the hole.
      if (index - hash(name(entry - 1))) & mask >= (index - hole) & mask {
        unsafe entries[hole] = entry
        hole = index
      }
    }
    unsafe entries[hole] = 0
  }

  private func name(_ number: UInt32) -> ByteView {
    unsafe ByteView(text: slots[Int(number)].name)
  }

  /// FNV-1a.
  private func hash(_ name: ByteView) -> Int {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for offset in 0..<name.count {
      hash = (hash ^ UInt64(name.byte(at: offset))) &* 0x100_0000_01b3
    }
    return Int(truncatingIfNeeded: hash ^ hash >> 32) & mask
  }
}
