// SPDX-License-Identifier: MIT

import CSQLite
import Leat

/// Checks the SQLite that is linked: its version, its compile-time options and its known bugs.
enum SQLiteFindings {
  static var all: [Finding] { [version, options] + bugs(of: Int(sqlite3_libversion_number())) }

  private static var version: Finding {
    let text = unsafe String(cString: sqlite3_libversion())
    let header = SQLITE_VERSION
    let isOld = sqlite3_libversion_number() < 3_037_000
    if isOld { return Finding(.problem, "SQLite", "found \(text), expected 3.37.0 or newer") }
    return Finding(
      .ok, "SQLite",
      "\(text)" + (header == text ? "" : "; leat was compiled with the header of \(header)")
        + "; stores of version \(Version.store)")
  }

  /// The compile-time options that matter to a store.
  private static var options: Finding {
    let interesting = [
      "THREADSAFE", "DEFAULT_SYNCHRONOUS", "DEFAULT_WAL_SYNCHRONOUS", "DEFAULT_MMAP_SIZE",
      "OMIT_LOOKASIDE", "ENABLE_MEMSYS5", "OMIT_WAL", "SECURE_DELETE",
    ]
    var options: [String] = []
    while let option = unsafe sqlite3_compileoption_get(Int32(options.count)) {
      options.append(unsafe String(cString: option))
    }
    let list = options.filter { option in interesting.contains { option.hasPrefix($0) } }
      .joined(separator: " ")
    if options.contains("OMIT_WAL") {
      return Finding(.problem, "compiled with", "\(list): a store needs WAL")
    }
    if sqlite3_threadsafe() == 0 {
      return Finding(.warning, "compiled with", "\(list): no threads, so no leat_autosave_start()")
    }
    return Finding(.ok, "compiled with", list)
  }

  /// Bugs of a version that can affect a store. There are few: most of SQLite's CVEs need SQL from
  /// outside, and Leat runs none.
  static func bugs(of version: Int) -> [Finding] {
    var findings: [Finding] = []
    // sqlite.org/wal.html#walresetbug: two connections that write or checkpoint at one time.
    let isFixed =
      version >= 3_051_003 || (3_050_007..<3_051_000).contains(version)
      || (3_044_006..<3_045_000).contains(version)
    if version >= 3_007_000 && !isFixed {
      findings.append(
        Finding(
          .ok, "WAL-reset bug",
          "this SQLite has it, and Leat's one writer avoids it; let no other program write to a "
            + "store's file or checkpoint it. Fixed in 3.51.3, 3.50.7 and 3.44.6"))
    }
    if version == 3_052_000 {
      findings.append(
        Finding(
          .warning, "withdrawn", "SQLite's authors withdrew 3.52.0: use 3.51.3 or a later version"))
    }
    return findings
  }
}
