// SPDX-License-Identifier: MIT

/// The writer of a store, from the first line of the "-lock" beside it.
struct StoreLock {
  /// "process 4711 since 2026-03-01 14:05:09 UTC"
  let text: String

  /// nil when no writer has the store open, as far as the line tells: a writer that was killed leaves
  /// its line, and another process may have its number now.
  init?(besides path: String) {
    let store = StoreFiles(of: path).database
    // The "-lock" may be another name of the database, which must not be opened.
    guard !FileIdentity.isSame(store, store + "-lock"),
      let head = try? InputFile.head(store + "-lock", count: 64)
    else { return nil }
    let line = String(decoding: head, as: UTF8.self).split(separator: "\n").first ?? ""
    let words = line.split(separator: " ")
    guard words.count > 2, words[0] == "process", let process = Int32(words[1]),
      SystemProcess.exists(process)
    else { return nil }
    // Any program may have written there.
    text = Text.printable(words.joined(separator: " "))
  }
}
