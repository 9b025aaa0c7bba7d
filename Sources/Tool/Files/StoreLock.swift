// SPDX-License-Identifier: MIT

import Glibc

/// The first line of the "-lock" beside a store, in which its writer says who it is.
struct StoreLock {
  /// "process 4711 since 2026-03-01 14:05:09 UTC"
  let text: String
  let process: pid_t

  /// nil when no writer has the store open, as far as the line tells: one that was killed couldn't
  /// take its line back, and a process of its number may be another by now.
  init?(besides path: String) {
    let store = StoreFiles(of: path).database
    // A name of the database itself is not opened.
    guard !FileIdentity.isSame(store, store + "-lock"),
      let head = try? InputFile.head(store + "-lock", count: 64)
    else { return nil }
    let line = String(decoding: head, as: UTF8.self).split(separator: "\n").first ?? ""
    let words = line.split(separator: " ")
    guard words.count > 2, words[0] == "process", let process = pid_t(words[1]), process > 0,
      kill(process, 0) == 0 || errno == EPERM
    else { return nil }
    self.process = process
    // Whoever may write there may have written anything.
    text = Text.printable(words.joined(separator: " "))
  }
}
