// SPDX-License-Identifier: MIT

import CLeat
import CSQLite
import LeatSupport

/// SQLite's memory. Leat takes its own from there as well, so that an allocator which the program
/// gave to SQLite serves both.
enum SQLiteMemory {
  static func allocate(
    _ size: Int, _ explanation: Explanation
  ) throws(Failure) -> UnsafeMutableRawPointer {
    guard let memory = unsafe sqlite3_malloc64(UInt64(max(size, 1))) else {
      throw explanation.failure(LEAT_E_MEMORY, "no memory for \(size) bytes")
    }
    return unsafe memory
  }

  static func free(_ memory: UnsafeMutableRawPointer?) { unsafe sqlite3_free(memory) }

  /// The bytes that the whole process uses now; 0 if SQLite was configured not to count.
  static var used: UInt64 { UInt64(clamping: sqlite3_memory_used()) }

  /// The most bytes that it ever used.
  static var highest: UInt64 { UInt64(clamping: sqlite3_memory_highwater(0)) }
}
