// SPDX-License-Identifier: MIT

import CLeat
import CLeatStore
import LeatSupport

/// What a slot's offering thread knows. `leat_autosave_add` and `_remove` change it too: before the
/// first offer, and after the last.
@safe struct Offering {
  /// Which of the three copies the thread may write.
  var copy: UInt64
  /// How many offers were taken, in all of the slot's time: the number of the last.
  var taken: UInt64 = 0
  /// The number of the last that rewinds.
  var rewound: UInt64 = 0
  /// Where the stream was when it was taken last, nil before the first time.
  var position: UInt64?
  /// The model that was offered last, and the bytes of its streams.
  var model: OpaquePointer?
  var streamSize = 0
  /// The next in the list of free slots.
  var nextFree: UInt32 = .max
}

/// What the writer knows of a slot.
struct Writing {
  /// Which of the three copies the writer has.
  var copy: UInt64
  /// Whether that is to be written yet.
  var isPending = false
}

/// What goes with a copy of a stream.
struct CopyLabel {
  let number: UInt64
  let position: UInt64
  let cursorSize: Int
  let rewinds: Bool
}

/// The handle of a slot: a stream's place in an autosave.
///
/// There are three copies: one that the offering thread may write, one that the writer may read,
/// and a ready one in between. Each side exchanges its own for the ready one by one atomic
/// exchange, so that neither ever waits for the other, and the latest offer wins.
@safe struct Slot {
  private let base: UnsafeMutableRawPointer
  private let layout: UnsafePointer<SlotLayout>

  /// `memory` has `SlotLayout.line - 1` bytes more than a slot needs, and any alignment.
  @inline(__always)
  init(in memory: UnsafeMutableRawPointer, _ layout: UnsafePointer<SlotLayout>) {
    unsafe base = memory.alignedUp(toMultipleOf: SlotLayout.line)
    unsafe self.layout = layout
  }

  /// Makes a slot that is free.
  func initialize(nextFree: UInt32) {
    for index in 0..<SlotLayout.line / 8 { word(index).store(0) }
    ready.store(1)
    unsafe offering.initialize(to: Offering(copy: 0, nextFree: nextFree))
    unsafe writing.initialize(to: Writing(copy: 2))
  }

  private func word(_ index: Int) -> AtomicWord {
    unsafe AtomicWord((base + 8 * index).assumingMemoryBound(to: UInt64.self))
  }

  /// 1 from `leat_autosave_add` to `_remove`.
  var isUsed: AtomicWord { word(0) }
  /// The number of the ready copy, and `Slot.fresh` if it is newer than the writer's.
  var ready: AtomicWord { word(1) }
  var durablePosition: AtomicWord { word(2) }
  /// The number of the last offer that is durable.
  var durableNumber: AtomicWord { word(3) }
  /// The code of `failure`, or 0.
  var failureCode: AtomicWord { word(4) }

  static let fresh: UInt64 = 4

  var offering: UnsafeMutablePointer<Offering> {
    unsafe (base + SlotLayout.offering).assumingMemoryBound(to: Offering.self)
  }

  var writing: UnsafeMutablePointer<Writing> {
    unsafe (base + SlotLayout.writing).assumingMemoryBound(to: Writing.self)
  }

  /// Why the writer can't write this stream, if `failureCode` says so. Under the monitor's lock.
  var failure: UnsafeMutablePointer<Failure> {
    unsafe (base + SlotLayout.failure).assumingMemoryBound(to: Failure.self)
  }

  /// The name's bytes and a NUL. They change while the slot is free only.
  var name: UnsafeMutablePointer<CChar> {
    unsafe (base + SlotLayout.name).assumingMemoryBound(to: CChar.self)
  }

  var nameBytes: ByteView {
    var count = 0
    while unsafe name[count] != 0 { count += 1 }
    return unsafe ByteView(name, count: count)
  }

  func copy(_ number: UInt64) -> Copy {
    // Safe: the copies' numbers are 0, 1 and 2, wherever they are kept.
    unsafe Copy(base + SlotLayout.copies + Int(number & 3) * layout.pointee.copySize, layout)
  }
}

/// The handle of one of a slot's three copies.
@safe struct Copy {
  private let base: UnsafeMutableRawPointer
  private let layout: UnsafePointer<SlotLayout>

  fileprivate init(_ base: UnsafeMutableRawPointer, _ layout: UnsafePointer<SlotLayout>) {
    unsafe self.base = base
    unsafe self.layout = layout
  }

  /// `size` and `cursor.count` were checked against the options.
  func fill(
    _ stream: OpaquePointer, size: Int, cursor: ByteView, number: UInt64, position: UInt64,
    rewinds: Bool
  ) {
    unsafe base.copyMemory(from: UnsafeRawPointer(stream), byteCount: size)
    unsafe cursor.withBytes { bytes in
      guard let start = bytes.baseAddress else { return }
      unsafe (base + layout.pointee.cursor).copyMemory(from: start, byteCount: bytes.count)
    }
    unsafe (base + layout.pointee.label).storeBytes(
      of: CopyLabel(
        number: number, position: position, cursorSize: cursor.count, rewinds: rewinds),
      as: CopyLabel.self)
  }

  var label: CopyLabel { unsafe (base + layout.pointee.label).load(as: CopyLabel.self) }

  /// A copy of a stream's block is a stream.
  var stream: OpaquePointer { unsafe OpaquePointer(base) }

  var cursor: ByteView { unsafe ByteView(base + layout.pointee.cursor, count: label.cursorSize) }
}
