// SPDX-License-Identifier: MIT

import CSQLite

extension SQLiteMemory {
  /// Bytes that are in use in the whole process; 0 where SQLite was told not to count.
  static var used: UInt64 { UInt64(clamping: sqlite3_memory_used()) }

  /// The most there ever were.
  static var highest: UInt64 { UInt64(clamping: sqlite3_memory_highwater(0)) }
}
