// SPDX-License-Identifier: MIT

import CLeat
import CLeatStore
import LeatSupport

/// How the caller's block is divided: the allocator, pages of SQLite's cache, and the heap for
/// everything else.
///
/// Pages have fixed places, a quarter of the block, so that the cache can't take all of the heap.
/// When they are used up, SQLite replaces its oldest page, or writes changed pages out early,
/// before it requests one from the heap.
@safe struct MemoryPlan {
  let header: UnsafeMutablePointer<BuddyAllocator>
  let pages: UnsafeMutableRawPointer
  let pageSize: Int32
  let pageCount: Int32
  private let heap: UnsafeMutableRawPointer
  private let heapSize: Int

  /// `overhead` is what SQLite keeps with each page.
  init(
    _ block: UnsafeMutableRawPointer, size: Int, pageOverhead overhead: Int,
    _ explanation: Explanation
  ) throws(Failure) {
    let unit = BuddyAllocator.unit
    let least = Int(LEAT_STORE_MEMORY_MIN)
    if size < least {
      throw explanation.failure(LEAT_E_SIZE, "size: found \(size), expected at least \(least)")
    }
    let start = unsafe block.alignedUp(toMultipleOf: unit)
    // SQLite's default page size, which all stores have that Leat makes.
    let pageSize = (4096 + overhead).roundedUp(toMultipleOf: 8)
    let pageCount = min(size / 4 / pageSize, Int(Int32.max))
    let headerSize = MemoryLayout<BuddyAllocator>.size.roundedUp(toMultipleOf: unit)
    let pagesSize = (pageCount * pageSize).roundedUp(toMultipleOf: unit)
    unsafe header = start.bindMemory(to: BuddyAllocator.self, capacity: 1)
    unsafe pages = start + headerSize
    self.pageSize = Int32(truncatingIfNeeded: pageSize)
    self.pageCount = Int32(truncatingIfNeeded: pageCount)
    unsafe heap = pages + pagesSize
    heapSize = unsafe size - (heap - block)
  }

  /// Writes the allocator into the block.
  func makeAllocator() -> UnsafeMutablePointer<BuddyAllocator> {
    unsafe header.initialize(to: BuddyAllocator(heap, size: heapSize))
    return unsafe header
  }
}
