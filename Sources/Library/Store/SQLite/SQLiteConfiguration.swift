// SPDX-License-Identifier: MIT

import CLeat
import CSQLite
import LeatSupport

/// An allocator for SQLite: https://sqlite.org/c3ref/mem_methods.html
@safe struct SQLiteAllocator {
  typealias Place = UnsafeMutableRawPointer?

  let allocate: @convention(c) (Int32) -> Place
  let free: @convention(c) (Place) -> Void
  let reallocate: @convention(c) (Place, Int32) -> Place
  let size: @convention(c) (Place) -> Int32
  let roundedSize: @convention(c) (Int32) -> Int32
}

/// `sqlite3_config`, which works only while SQLite is not in use:
/// https://sqlite.org/c3ref/c_config_covering_index_scan.html
enum SQLiteConfiguration {
  /// The bytes that SQLite keeps with each page of its cache.
  static func pageOverhead(_ explanation: Explanation) throws(Failure) -> Int {
    var size: Int32 = 0
    try check(unsafe leat_sqlite3_get_page_overhead(&size), explanation)
    return Int(size)
  }

  /// Makes SQLite take its memory from an allocator and from places for pages, and initialises it.
  /// On failure nothing changes.
  static func start(
    with allocator: SQLiteAllocator, pages: UnsafeMutableRawPointer, pageSize: Int32,
    pageCount: Int32, _ explanation: Explanation
  ) throws(Failure) {
    var previous = unsafe sqlite3_mem_methods()
    try check(unsafe leat_sqlite3_get_malloc(&previous), explanation)
    var methods = unsafe sqlite3_mem_methods()
    unsafe methods.xMalloc = allocator.allocate
    unsafe methods.xFree = allocator.free
    unsafe methods.xRealloc = allocator.reallocate
    unsafe methods.xSize = allocator.size
    unsafe methods.xRoundup = allocator.roundedSize
    unsafe methods.xInit = { _ in SQLITE_OK }
    unsafe methods.xShutdown = { _ in }
    do throws(Failure) {
      try check(unsafe leat_sqlite3_set_malloc(&methods), explanation)
      try check(unsafe leat_sqlite3_set_page_cache(pages, pageSize, pageCount), explanation)
      // SQLite requests 8 bytes more than this for a statement's journal: with them a power of two.
      try check(leat_sqlite3_set_statement_journal(defaultStatementJournal - 8), explanation)
      try check(leat_sqlite3_set_memory_status(1), explanation)
      try check(sqlite3_initialize(), explanation)
    } catch let failure {
      // What failed may have left SQLite initialised.
      sqlite3_shutdown()
      _ = leat_sqlite3_set_page_cache(nil, 0, defaultPageCount)
      _ = leat_sqlite3_set_statement_journal(defaultStatementJournal)
      _ = unsafe leat_sqlite3_set_malloc(&previous)
      throw failure
    }
  }

  /// Sets the number of bytes above which SQLite frees pages of its cache before it allocates.
  static func setSoftHeapLimit(_ size: Int) { sqlite3_soft_heap_limit64(Int64(size)) }

  private static func check(_ result: Int32, _ explanation: Explanation) throws(Failure) {
    switch result {
    case SQLITE_OK: return
    case SQLITE_MISUSE: throw explanation.failure(LEAT_E_TOO_LATE, "SQLite is in use already")
    default:
      throw unsafe explanation.failure(
        sqlite: result, sqlite3_errstr(result), SystemError(0),
        "SQLite did not start with the block")
    }
  }

  /// SQLITE_STMTJRNL_SPILL: the bytes of a statement's journal that SQLite keeps in memory.
  private static let defaultStatementJournal: Int32 = 65536

  /// SQLITE_DEFAULT_PCACHE_INITSZ: the pages that a cache without its own places begins with.
  private static let defaultPageCount: Int32 = 20
}
