// SPDX-License-Identifier: MIT

import CLeat
import CSQLite
import LeatSupport

/// What SQLite takes its memory from, once the caller has given a block. SQLite tells its
/// allocator no context, so this is a variable: the only one of the library, and written once.
nonisolated(unsafe) private var allocator: UnsafeMutablePointer<BuddyAllocator>?

/// How SQLite is told what memory to use. https://sqlite.org/c3ref/c_config_covering_index_scan.html
enum MemoryConfiguration {
  /// Has SQLite take all of its memory from a block, and begin to; or changes nothing.
  static func use(_ block: UnsafeMutableRawPointer, size: Int) throws(Failure) {
    if unsafe allocator != nil { throw Failure(LEAT_E_TOO_LATE, "SQLite has a block already") }
    var previous = unsafe sqlite3_mem_methods()
    try check(unsafe leat_sqlite3_get_malloc(&previous))
    var overhead: Int32 = 0
    try check(unsafe leat_sqlite3_get_page_overhead(&overhead))
    let plan = try unsafe MemoryPlan(block, size: size, pageOverhead: Int(overhead))
    unsafe allocator = plan.makeAllocator()
    do throws(Failure) {
      try configure(plan)
      try check(sqlite3_initialize())
    } catch let failure {
      // Also after what failed SQLite may have begun to be in use: it's to look at all anew.
      sqlite3_shutdown()
      _ = leat_sqlite3_set_page_cache(nil, 0, defaultPageCount)
      _ = leat_sqlite3_set_statement_journal(defaultStatementJournal)
      _ = unsafe leat_sqlite3_set_malloc(&previous)
      unsafe allocator = nil
      throw failure
    }
    // Pages that the pages' own place is too small for, of the caller's other databases, take no
    // more of the heap than half.
    sqlite3_soft_heap_limit64(Int64(unsafe plan.header.pointee.size / 2))
  }

  private static func configure(_ plan: MemoryPlan) throws(Failure) {
    // SQLite calls these one at a time, under a mutex, because it counts its memory:
    // https://sqlite.org/c3ref/mem_methods.html. But it asks for sizes at any time.
    var methods = unsafe sqlite3_mem_methods()
    unsafe methods.xMalloc = { size in unsafe allocator?.pointee.allocate(Int(size)) }
    unsafe methods.xFree = { place in
      if let place = unsafe place { unsafe allocator?.pointee.free(place) }
    }
    unsafe methods.xRealloc = { place, size in
      guard let place = unsafe place else { return nil }
      return unsafe allocator?.pointee.reallocate(place, Int(size))
    }
    unsafe methods.xSize = { place in
      guard let place = unsafe place, let allocator = unsafe allocator else { return 0 }
      return Int32(truncatingIfNeeded: unsafe allocator.pointee.size(of: place))
    }
    unsafe methods.xRoundup = { size in
      Int32(truncatingIfNeeded: BuddyAllocator.roundedSize(Int(size)))
    }
    unsafe methods.xInit = { _ in SQLITE_OK }
    unsafe methods.xShutdown = { _ in }
    try check(unsafe leat_sqlite3_set_malloc(&methods))
    try check(unsafe leat_sqlite3_set_page_cache(plan.pages, plan.pageSize, plan.pageCount))
    // SQLite asks for 8 bytes more than this, which then are a power of two.
    try check(leat_sqlite3_set_statement_journal(defaultStatementJournal - 8))
    try check(leat_sqlite3_set_memory_status(1))
  }

  private static func check(_ result: Int32) throws(Failure) {
    switch result {
    case SQLITE_OK: return
    case SQLITE_MISUSE: throw Failure(LEAT_E_TOO_LATE, "SQLite is in use already")
    default:
      let words = unsafe sqlite3_errstr(result)
      throw unsafe Failure(
        sqlite: result, words, SystemError(0), "SQLite did not start with the block")
    }
  }
}

/// SQLITE_STMTJRNL_SPILL, bytes of a statement's journal that are kept in memory.
private let defaultStatementJournal: Int32 = 65536

/// SQLITE_DEFAULT_PCACHE_INITSZ, pages that a cache begins with where it has no place of its own.
private let defaultPageCount: Int32 = 20
