// SPDX-License-Identifier: MIT
//
// `leat_store_use_memory` gives SQLite, and so Leat, a block of the program's instead of malloc().
// `MemoryPlan` divides it: pages of SQLite's cache have fixed places, everything else comes from a
// heap. The heap is a buddy system, `BuddyAllocator`, because there is a proven bound on what it
// needs in the worst case. So a block that is large enough never fails by fragmentation, however
// long the program runs.

import CLeat
import LeatSupport

/// The allocator in the block. SQLite passes no context to its allocator, so this has to be a
/// variable: the library's only one. It is written once.
nonisolated(unsafe) private var allocator: UnsafeMutablePointer<BuddyAllocator>?

enum MemoryBlock {
  /// Makes SQLite take all its memory from a block. On failure nothing changes.
  static func use(
    _ block: UnsafeMutableRawPointer, size: Int, _ explanation: Explanation
  ) throws(Failure) {
    if unsafe allocator != nil {
      throw explanation.failure(LEAT_E_TOO_LATE, "SQLite has a block already")
    }
    let plan = try unsafe MemoryPlan(
      block, size: size, pageOverhead: SQLiteConfiguration.pageOverhead(explanation), explanation)
    unsafe allocator = plan.makeAllocator()
    do throws(Failure) {
      try unsafe SQLiteConfiguration.start(
        with: buddyAllocator, pages: plan.pages, pageSize: plan.pageSize, pageCount: plan.pageCount,
        explanation)
    } catch let failure {
      unsafe allocator = nil
      throw failure
    }
    // Pages that don't fit the fixed places, such as those of the caller's other databases, take at
    // most half of the heap.
    SQLiteConfiguration.setSoftHeapLimit(unsafe plan.header.pointee.size / 2)
  }

  /// SQLite counts its memory under a mutex, and so calls one of these at a time. Only sizes it
  /// requests at any time.
  private static var buddyAllocator: SQLiteAllocator {
    unsafe SQLiteAllocator(
      allocate: { size in unsafe allocator?.pointee.allocate(Int(size)) },
      free: { place in if let place = unsafe place { unsafe allocator?.pointee.free(place) } },
      reallocate: { place, size in
        guard let place = unsafe place else { return nil }
        return unsafe allocator?.pointee.reallocate(place, Int(size))
      },
      size: { place in
        guard let place = unsafe place, let allocator = unsafe allocator else { return 0 }
        return Int32(truncatingIfNeeded: unsafe allocator.pointee.size(of: place))
      },
      roundedSize: { Int32(truncatingIfNeeded: BuddyAllocator.roundedSize(Int($0))) })
  }
}
