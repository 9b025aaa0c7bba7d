// SPDX-License-Identifier: MIT

internal import CStoreFiles

extension Store {
  /// The process that has the store at `path` open for writing, as the "-lock" beside it says.
  ///
  /// - Returns: for example "process 4711 since 2026-03-01 14:05:09 UTC". It is text from a file that
  ///   others may write to. nil when no process that is alive is named there: a process that was
  ///   killed leaves its line, and another process may have its number by then.
  public static func writer(of path: String) -> String? {
    if path.utf8.contains(0) { return nil }
    return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 65) { text in
      // Safe: the memory has room for the line and a NUL, which the function writes.
      let process = unsafe leat_lock_read_holder_at(path + "-lock", text.baseAddress!, text.count)
      return process > 0 ? unsafe String(cString: text.baseAddress!) : nil
    }
  }
}
