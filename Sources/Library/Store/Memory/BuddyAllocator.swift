// SPDX-License-Identifier: MIT

import LeatSupport

/// An allocator over one block of memory: a binary buddy system that prefers the lowest address.
///
/// A request is rounded up to a power of two of at least `unit` bytes, and gets the lowest free
/// place at a multiple of that size. A freed place joins its free neighbours at once. There is a
/// bound for this. Let M be the most bytes that are allocated at one time, and n the largest
/// request, both after rounding. Then no request fails in a heap of
///
///     M * (1 + log2(n / unit) / 2) + 3/2 * n
///
/// bytes, in any order of allocating and freeing, and for any time. Documentation/Design.md has the
/// proof, which follows J. M. Robson's (JACM 18, 1971). Allocating and freeing take a few steps for
/// each level of a binary tree over the units.
///
/// The allocator keeps its records beside the memory, not in it. A program that writes into memory
/// it has freed damages its own data, but not the allocator.
@safe struct BuddyAllocator {
  /// The size of the smallest place, and the alignment of all.
  static let unit = 64

  /// The size of the largest place: a request is an `Int32`.
  static let largest = 1 << 30

  private let memory: UnsafeMutableRawPointer
  private let unitCount: Int
  /// For each unit at which an allocated place begins, 1 + the binary logarithm of the place's
  /// units; else 0. Only calls for that place read or write it.
  private let taken: UnsafeMutablePointer<UInt8>
  /// For each node of the tree, level by level from the units up, 1 + the binary logarithm of the
  /// units in the largest free place under it; 0 when there is none. Nodes under an allocated place
  /// are out of date, and not read.
  private let free: UnsafeMutablePointer<UInt8>
  private let rootLevel: Int
  private let rootOffset: Int

  /// The memory is aligned to `unit`, and has at least a few units.
  init(_ start: UnsafeMutableRawPointer, size: Int) {
    // A byte for each unit and for each node, of which there are at most 64 more than twice the
    // units, and what the alignment costs.
    unitCount = (size - 4 * Self.unit) / (Self.unit + 3)
    unsafe taken = start.bindMemory(to: UInt8.self, capacity: unitCount)
    unsafe free = taken + unitCount
    unsafe taken.initialize(repeating: 0, count: unitCount)
    unsafe free.initialize(repeating: 1, count: unitCount)
    var level = 0
    var offset = 0
    var count = unitCount
    while count > 1 {
      let next = offset + count
      for index in 0..<(count + 1) / 2 {
        let value = unsafe Self.joined(free + offset, index * 2, of: count, level: level)
        unsafe (free + next + index).initialize(to: value)
      }
      level += 1
      offset = next
      count = (count + 1) / 2
    }
    rootLevel = level
    rootOffset = offset
    let used = unitCount + offset + 1
    unsafe memory = start + used.roundedUp(toMultipleOf: Self.unit)
  }

  /// The bytes that can be allocated.
  var size: Int { unitCount * Self.unit }

  /// The bytes that a request gets, or 0 if a request of that size always fails.
  static func roundedSize(_ size: Int) -> Int {
    guard let level = level(for: size) else { return 0 }
    return unit << level
  }

  func allocate(_ size: Int) -> UnsafeMutableRawPointer? {
    guard let wanted = Self.level(for: size), unsafe free[rootOffset] > wanted else { return nil }
    var level = rootLevel
    var offset = rootOffset
    var index = 0
    while level > wanted {
      level -= 1
      offset -= nodeCount(level)
      index *= 2
      if unsafe free[offset + index] <= wanted { index += 1 }
    }
    unsafe free[offset + index] = 0
    update(above: index, level: level, offset: offset)
    let first = index << level
    unsafe taken[first] = UInt8(truncatingIfNeeded: level + 1)
    return unsafe memory + first * Self.unit
  }

  /// The bytes of an allocated place; 0 for any other address.
  func size(of place: UnsafeMutableRawPointer) -> Int {
    guard let (_, level) = unsafe find(place) else { return 0 }
    return Self.unit << level
  }

  /// Frees a place. Does nothing with any other address.
  func free(_ place: UnsafeMutableRawPointer) {
    guard let (first, level) = unsafe find(place) else { return }
    unsafe taken[first] = 0
    var offset = 0
    for below in 0..<level { offset += nodeCount(below) }
    let index = first >> level
    unsafe free[offset + index] = UInt8(truncatingIfNeeded: level + 1)
    update(above: index, level: level, offset: offset)
  }

  /// A place of another size with the same contents. A place that is large enough is returned as it
  /// is. When there is no place, returns nil and leaves the old one.
  func reallocate(
    _ place: UnsafeMutableRawPointer, _ size: Int
  ) -> UnsafeMutableRawPointer? {
    guard let wanted = Self.level(for: size), let (_, level) = unsafe find(place) else {
      return nil
    }
    if wanted <= level { return unsafe place }
    guard let larger = unsafe allocate(size) else { return nil }
    unsafe larger.copyMemory(from: place, byteCount: Self.unit << level)
    unsafe free(place)
    return unsafe larger
  }

  /// The level of the tree whose nodes are places of the size.
  private static func level(for size: Int) -> Int? {
    guard size > 0, size <= largest else { return nil }
    let units = size.roundedUp(toMultipleOf: unit) / unit
    return Int.bitWidth - (units - 1).leadingZeroBitCount
  }

  private func nodeCount(_ level: Int) -> Int { (unitCount + (1 << level) - 1) >> level }

  /// The first unit and the level of an allocated place.
  private func find(_ place: UnsafeMutableRawPointer) -> (Int, Int)? {
    let distance = unsafe UInt(bitPattern: place) &- UInt(bitPattern: memory)
    guard distance < UInt(size), distance % UInt(Self.unit) == 0 else { return nil }
    let first = Int(distance) / Self.unit
    let mark = unsafe taken[first]
    return mark == 0 ? nil : (first, Int(mark) - 1)
  }

  /// Updates the nodes above one that has changed.
  private func update(above node: Int, level nodeLevel: Int, offset nodeOffset: Int) {
    var index = node
    var level = nodeLevel
    var offset = nodeOffset
    while level < rootLevel {
      let count = nodeCount(level)
      let value = unsafe Self.joined(free + offset, index & ~1, of: count, level: level)
      index >>= 1
      level += 1
      offset += count
      if unsafe free[offset + index] == value { return }
      unsafe free[offset + index] = value
    }
  }

  /// The value of the node above two nodes of a level. The right one may be missing.
  private static func joined(
    _ nodes: UnsafeMutablePointer<UInt8>, _ left: Int, of count: Int, level: Int
  ) -> UInt8 {
    let onLeft = unsafe nodes[left]
    let onRight = unsafe left + 1 < count ? nodes[left + 1] : 0
    let whole = UInt8(truncatingIfNeeded: level + 1)
    return onLeft == whole && onRight == whole ? whole + 1 : max(onLeft, onRight)
  }
}
