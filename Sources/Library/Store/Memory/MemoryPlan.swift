// SPDX-License-Identifier: MIT

import CLeat
import CLeatStore
import LeatSupport

/// How the caller's block is divided: the allocator's own figures, pages of SQLite's cache, and
/// the heap for everything else.
///
/// Pages have a place of their own, a quarter of the block, so that the cache can't starve the
/// rest: when its places run out, SQLite uses the oldest page's again, and writes changed pages out
/// early, before it asks the heap for one.
@safe struct MemoryPlan {
  let header: UnsafeMutablePointer<BuddyAllocator>
  let pages: UnsafeMutableRawPointer
  let pageSize: Int32
  let pageCount: Int32
  private let heap: UnsafeMutableRawPointer
  private let heapSize: Int

  /// `overhead` is what SQLite keeps with each page.
  init(
    _ block: UnsafeMutableRawPointer, size: Int, pageOverhead overhead: Int
  ) throws(Failure) {
    let unit = BuddyAllocator.unit
    let needed = Int(LEAT_STORE_MEMORY_MIN)
    if size < needed {
      throw Failure(LEAT_E_SIZE, "size is \(size), and at least \(needed) is needed")
    }
    let misalignment = Int(UInt(bitPattern: block) % UInt(unit))
    let unused = misalignment == 0 ? 0 : unit - misalignment
    let start = unsafe block + unused
    // SQLite's default size of a page, which is that of all stores Leat makes.
    let pageSize = (4096 + overhead + 7) / 8 * 8
    let pageCount = min(size / 4 / pageSize, Int(Int32.max))
    let headerSize = (MemoryLayout<BuddyAllocator>.size + unit - 1) / unit * unit
    let pagesSize = (pageCount * pageSize + unit - 1) / unit * unit
    unsafe header = start.bindMemory(to: BuddyAllocator.self, capacity: 1)
    unsafe pages = start + headerSize
    self.pageSize = Int32(truncatingIfNeeded: pageSize)
    self.pageCount = Int32(truncatingIfNeeded: pageCount)
    unsafe heap = start + headerSize + pagesSize
    heapSize = size - unused - headerSize - pagesSize
  }

  /// Writes the block's beginning.
  func makeAllocator() -> UnsafeMutablePointer<BuddyAllocator> {
    unsafe header.initialize(to: BuddyAllocator(heap, size: heapSize))
    return unsafe header
  }
}
