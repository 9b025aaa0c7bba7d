// SPDX-License-Identifier: MIT

/// An allocator over one block of memory: the binary buddy system, the lowest address first.
///
/// A request is rounded up to a power of two of at least `unit` bytes, and gets the lowest free
/// place at a multiple of that. A place that is given back joins with its free neighbours at once.
/// For this way of allocating there is a bound: if what is live at one time, after rounding, never
/// exceeds M bytes, and no request, after rounding, n bytes, then none fails in a heap of
///
///     M * (1 + log2(n / unit) / 2) + 3/2 * n
///
/// bytes, in whatever order memory is taken and given back, and however long that goes on;
/// Documentation/Design.md has the proof, which follows J. M. Robson's (JACM 18, 1971). To take
/// and to give back are a few steps for each level of a binary tree over the units.
///
/// What is free, and how large what is taken is, is kept beside the memory, not in it: who writes
/// into memory he has given back does himself harm, but not the allocator.
@safe struct BuddyAllocator {
  /// The smallest place, and what all of them are aligned to.
  static let unit = 64

  /// The largest place: what is requested comes as an `Int32`.
  static let largest = 1 << 30

  private let memory: UnsafeMutableRawPointer
  private let unitCount: Int
  /// For each unit that a taken place begins with, 1 + the binary logarithm of the place's units;
  /// else 0. Only who has the place reads or writes it.
  private let taken: UnsafeMutablePointer<UInt8>
  /// For each node of the tree, level by level from the units up, 1 + the binary logarithm of the
  /// units in the largest free place under it; 0 when there is none. What is under a taken place
  /// isn't kept up to date, nor looked at.
  private let free: UnsafeMutablePointer<UInt8>
  private let rootLevel: Int
  private let rootOffset: Int

  /// Takes memory that is aligned to `unit`, and of at least a few units.
  init(_ start: UnsafeMutableRawPointer, size: Int) {
    // A byte for each unit, one for each node, at most 64 nodes more than twice the units, and
    // what aligning costs.
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
    unsafe memory = start + (used + Self.unit - 1) / Self.unit * Self.unit
  }

  /// The bytes that can be taken.
  var size: Int { unitCount * Self.unit }

  /// The bytes that a request gets, or 0 if none of that size can succeed.
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

  /// The bytes of a taken place; 0 for what is none.
  func size(of place: UnsafeMutableRawPointer) -> Int {
    guard let (_, level) = unsafe find(place) else { return 0 }
    return Self.unit << level
  }

  /// Gives a place back. What is none is left alone.
  func free(_ place: UnsafeMutableRawPointer) {
    guard let (first, level) = unsafe find(place) else { return }
    unsafe taken[first] = 0
    var offset = 0
    for below in 0..<level { offset += nodeCount(below) }
    let index = first >> level
    unsafe free[offset + index] = UInt8(truncatingIfNeeded: level + 1)
    update(above: index, level: level, offset: offset)
  }

  /// A place of another size with the same contents; nil, and the place stays as it is, when there
  /// is none. One that is large enough stays where it is, and as large.
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

  /// The level of the tree whose nodes are places for so many bytes.
  private static func level(for size: Int) -> Int? {
    guard size > 0, size <= largest else { return nil }
    let units = (size + unit - 1) / unit
    return Int.bitWidth - (units - 1).leadingZeroBitCount
  }

  private func nodeCount(_ level: Int) -> Int { (unitCount + (1 << level) - 1) >> level }

  /// The first unit and the level of a taken place.
  private func find(_ place: UnsafeMutableRawPointer) -> (Int, Int)? {
    let distance = unsafe UInt(bitPattern: place) &- UInt(bitPattern: memory)
    guard distance < UInt(size), distance % UInt(Self.unit) == 0 else { return nil }
    let first = Int(distance) / Self.unit
    let mark = unsafe taken[first]
    return mark == 0 ? nil : (first, Int(mark) - 1)
  }

  /// Brings the nodes above one that has changed up to date.
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

  /// The value of the node above two of a level, of which the right one may be missing.
  private static func joined(
    _ nodes: UnsafeMutablePointer<UInt8>, _ left: Int, of count: Int, level: Int
  ) -> UInt8 {
    let onLeft = unsafe nodes[left]
    let onRight = unsafe left + 1 < count ? nodes[left + 1] : 0
    let whole = UInt8(truncatingIfNeeded: level + 1)
    return onLeft == whole && onRight == whole ? whole + 1 : max(onLeft, onRight)
  }
}
