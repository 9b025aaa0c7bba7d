// SPDX-License-Identifier: MIT

import CLeat
import CLeatStore
import LeatSupport

/// Where the parts of a slot lie, in bytes from its start. What the offering thread writes, what
/// the writer writes and what both do are on cache lines of their own.
struct SlotLayout {
  static var line: Int { 64 }
  static var offering: Int { line }
  static var writing: Int { 2 * line }
  static var failure: Int { 3 * line }
  static var name: Int { failure + roundedUp(MemoryLayout<Failure>.size, to: 8) }
  static var copies: Int { roundedUp(name + Int(LEAT_NAME_MAX) + 1, to: line) }

  /// In a copy, of which the stream is the first.
  let label: Int
  let cursor: Int
  /// From one copy to the next.
  let copySize: Int
  let slotSize: Int

  init(_ options: AutosaveOptions) throws(Failure) {
    let overhead = MemoryLayout<CopyLabel>.size + options.cursorSize + 2 * SlotLayout.line
    // Three copies and the rest stay below Int.max.
    guard options.streamSize <= Int.max / 4 - overhead - SlotLayout.copies else {
      throw Failure(LEAT_E_MEMORY, "no memory for streams of \(options.streamSize) bytes")
    }
    label = SlotLayout.roundedUp(options.streamSize, to: 8)
    cursor = label + MemoryLayout<CopyLabel>.size
    copySize = SlotLayout.roundedUp(cursor + options.cursorSize, to: SlotLayout.line)
    slotSize = SlotLayout.copies + 3 * copySize
  }

  /// `unit` is a power of two.
  static func roundedUp(_ size: Int, to unit: Int) -> Int { (size + unit - 1) & ~(unit - 1) }
}
