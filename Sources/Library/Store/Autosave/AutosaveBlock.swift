// SPDX-License-Identifier: MIT

import CLeat
import CLeatStore
import CThreads
import LeatSupport

/// The contents of the memory that a `leat_autosave` points to. The parts that `AutosaveLayout`
/// places follow it.
@safe struct AutosaveBlock {
  /// Distinguishes an autosave from other memory. Cleared at the end.
  var magic: UInt64 = AutosaveBlock.magic
  let store: OpaquePointer
  let options: AutosaveOptions
  let layout: AutosaveLayout
  let slotLayout: SlotLayout
  /// 0 in a child that has the autosave by fork(): an offer may not ask the system for its process.
  let isOwn: UnsafeMutablePointer<UInt64>

  static let magic: UInt64 = 0x4c65_6174_4175_746f  // "LeatAuto"
}

/// Where the parts of an autosave are, in bytes from its start. What the writer changes is on cache
/// lines of its own, away from what an offer reads.
struct AutosaveLayout {
  let slots: Int
  let names: Int
  let dirty: Int
  let pending: Int
  let failing: Int
  let firstFree: Int
  let size: Int
  let nameCapacity: Int
  let wordCount: Int

  static var monitor: Int { after(0, MemoryLayout<AutosaveBlock>.size) }
  static var rounds: Int { unsafe after(monitor, MemoryLayout<leat_monitor>.size) }
  static var hasFailure: Int { after(rounds, MemoryLayout<AutosaveRounds.State>.size) }
  static var failure: Int { after(hasFailure, 8) }
  static var lists: Int { after(failure, MemoryLayout<SharedFailure.Kept>.size) }

  private static func after(_ offset: Int, _ size: Int) -> Int {
    offset + size.roundedUp(toMultipleOf: SlotLayout.line)
  }

  /// No sum here overflows: there are at most `LEAT_AUTOSAVE_STREAM_MAX` slots.
  init(_ options: AutosaveOptions) {
    nameCapacity = SlotDirectory.capacity(for: options.streams)
    wordCount = (options.streams + 63) / 64
    slots = AutosaveLayout.lists
    names = slots + 8 * options.streams
    dirty = names + (4 * nameCapacity).roundedUp(toMultipleOf: 8)
    pending = dirty + 8 * wordCount
    failing = pending + 8 * wordCount
    firstFree = failing + 8 * wordCount
    size = firstFree + 8
  }
}

/// Where the parts of a slot are, in bytes from its start. What the offering thread writes, what
/// the writer writes and what both write are on different cache lines.
struct SlotLayout {
  static var line: Int { 64 }
  static var offering: Int { line }
  static var writing: Int { 2 * line }
  static var failure: Int { 3 * line }
  static var name: Int {
    failure + MemoryLayout<SharedFailure.Kept>.size.roundedUp(toMultipleOf: 8)
  }
  static var copies: Int { (name + Int(LEAT_NAME_MAX) + 1).roundedUp(toMultipleOf: line) }

  /// In a copy, which begins with the stream.
  let label: Int
  let cursor: Int
  /// From one copy to the next.
  let copySize: Int
  let slotSize: Int

  init(_ options: AutosaveOptions, _ explanation: Explanation) throws(Failure) {
    let overhead = MemoryLayout<CopyLabel>.size + options.cursorSize + 2 * SlotLayout.line
    // Three copies and the rest must be less than Int.max.
    guard options.streamSize <= Int.max / 4 - overhead - SlotLayout.copies else {
      throw explanation.failure(
        LEAT_E_MEMORY, "no memory for streams of \(options.streamSize) bytes")
    }
    label = options.streamSize.roundedUp(toMultipleOf: 8)
    cursor = label + MemoryLayout<CopyLabel>.size
    copySize = (cursor + options.cursorSize).roundedUp(toMultipleOf: SlotLayout.line)
    slotSize = SlotLayout.copies + 3 * copySize
  }
}
