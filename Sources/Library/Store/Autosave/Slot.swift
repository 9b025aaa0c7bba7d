// SPDX-License-Identifier: MIT

import LeatSupport

/// What the thread that offers to a slot knows of it. `leat_autosave_add` and `_remove` change it
/// too: before the first offer, and after the last one.
@safe struct Offering {
  /// The number of the copy that the thread may write.
  var copy: UInt64
  /// The number of offers that the slot ever took, and so the number of the last one.
  var taken: UInt64 = 0
  /// The number of the last offer that rewound the stream.
  var rewound: UInt64 = 0
  /// The stream's position at the last offer that was taken, nil before the first.
  var position: UInt64?
  /// The next slot in the list of free ones.
  var nextFree: UInt32 = .max
}

/// What a slot is used for.
enum SlotUse: UInt64 {
  case none, stream, group
  /// One of a group's streams. The group's slot says what happens to it.
  case member
}

/// What the writer knows of a slot.
struct Writing {
  /// The number of the copy that the writer has.
  var copy: UInt64
  /// Whether that copy isn't written yet.
  var isPending = false
}

/// What belongs to a copy of a stream.
struct CopyLabel {
  let number: UInt64
  let position: UInt64
  let cursorSize: Int
  let rewinds: Bool
}

/// The handle of a slot, which is a stream's place in an autosave. A group has a slot for its name
/// and cursor and one for each member; its copy k is copy k of all of these together.
@safe struct Slot {
  private let base: UnsafeMutableRawPointer
  private let layout: SlotLayout

  /// `memory` has any alignment, and `SlotLayout.line - 1` bytes more than a slot needs.
  @inline(__always)
  init(in memory: UnsafeMutableRawPointer, _ layout: SlotLayout) {
    unsafe base = memory.alignedUp(toMultipleOf: SlotLayout.line)
    self.layout = layout
  }

  /// Makes a slot that is free.
  func initialize(nextFree: UInt32) {
    for index in 0..<SlotLayout.line / 8 { word(index).store(0) }
    ready.store(1)
    assert(MemoryLayout<Offering>.size <= SlotLayout.line, "it has a cache line of its own")
    unsafe place(SlotLayout.offering, of: Offering.self)
      .initialize(to: Offering(copy: 0, nextFree: nextFree))
    unsafe place(SlotLayout.writing, of: Writing.self).initialize(to: Writing(copy: 2))
  }

  private func word(_ index: Int) -> AtomicWord {
    unsafe AtomicWord(place(8 * index, of: UInt64.self))
  }

  private func place<Part>(_ offset: Int, of: Part.Type) -> UnsafeMutablePointer<Part> {
    unsafe (base + offset).assumingMemoryBound(to: Part.self)
  }

  var use: SlotUse {
    @inline(__always) get { SlotUse(rawValue: word(0).load()) ?? .none }
    @inline(__always) nonmutating set { word(0).store(newValue.rawValue) }
  }
  /// The number of the ready copy, with `Slot.fresh` if it is newer than the writer's.
  var ready: AtomicWord { word(1) }
  var durablePosition: AtomicWord { word(2) }
  /// The number of the last offer that is durable.
  var durableNumber: AtomicWord { word(3) }
  /// Why the writer can't write this stream.
  var failure: SharedFailure { unsafe SharedFailure(word(4), base + SlotLayout.failure) }

  /// How many members a group has, and the number of its first member's slot; in that the number of
  /// the next one's. Change only while the slot is free.
  var memberCount: AtomicWord { word(5) }
  var nextMember: AtomicWord { word(6) }
  /// How many offers the slot had taken when it was given to its stream or group.
  var takenBefore: AtomicWord { word(7) }

  static let fresh: UInt64 = 4

  // Safe: one thread at a time uses each of the two.

  var offering: Offering {
    @inline(__always) unsafeAddress {
      unsafe UnsafePointer(place(SlotLayout.offering, of: Offering.self))
    }
    @inline(__always) nonmutating unsafeMutableAddress {
      unsafe place(SlotLayout.offering, of: Offering.self)
    }
  }

  var writing: Writing {
    @inline(__always) unsafeAddress {
      unsafe UnsafePointer(place(SlotLayout.writing, of: Writing.self))
    }
    @inline(__always) nonmutating unsafeMutableAddress {
      unsafe place(SlotLayout.writing, of: Writing.self)
    }
  }

  /// Ends with NUL. Changes only while the slot is free.
  var name: UnsafePointer<CChar> { unsafe UnsafePointer(place(SlotLayout.name, of: CChar.self)) }

  func setName(_ name: StreamName) {
    let place = unsafe place(SlotLayout.name, of: CChar.self)
    // Safe: a name has at most LEAT_NAME_MAX bytes, and its place one more.
    for index in 0..<name.bytes.count {
      unsafe place[index] = CChar(bitPattern: name.bytes.byte(at: index))
    }
    unsafe place[name.bytes.count] = 0
  }

  func copy(_ number: UInt64) -> StreamCopy {
    // Safe: the numbers of the copies are 0, 1 and 2 everywhere.
    unsafe StreamCopy(base + SlotLayout.copies + Int(number & 3) * layout.copySize, layout)
  }
}

/// The handle of one of a slot's three copies.
@safe struct StreamCopy {
  private let base: UnsafeMutableRawPointer
  private let layout: SlotLayout

  fileprivate init(_ base: UnsafeMutableRawPointer, _ layout: SlotLayout) {
    unsafe self.base = base
    self.layout = layout
  }

  /// `size` and the label's cursor size were checked against the options.
  func fill(_ stream: OpaquePointer, size: Int, cursor: ByteView, _ label: CopyLabel) {
    unsafe base.copyMemory(from: UnsafeRawPointer(stream), byteCount: size)
    fill(cursor: cursor, label)
  }

  /// The copy of a group's own slot has no stream.
  func fill(cursor: ByteView, _ label: CopyLabel) {
    unsafe cursor.withBytes { bytes in
      guard let start = bytes.baseAddress else { return }
      unsafe (base + layout.cursor).copyMemory(from: start, byteCount: bytes.count)
    }
    unsafe (base + layout.label).storeBytes(of: label, as: CopyLabel.self)
  }

  var label: CopyLabel { unsafe (base + layout.label).load(as: CopyLabel.self) }

  /// A copy of a stream's block is a stream.
  var stream: OpaquePointer { unsafe OpaquePointer(base) }

  var cursor: ByteView { unsafe ByteView(base + layout.cursor, count: label.cursorSize) }
}
