// SPDX-License-Identifier: MIT

/// What a file is, as its first bytes say.
enum FileKind {
  case model, state, store

  init(path: String) throws {
    let head = try InputFile.head(path, count: 16)
    if head.starts(with: "LeatStat".utf8) {
      self = .state
    } else if head.starts(with: "SQLite format 3\0".utf8) {
      self = .store
    } else {
      // What is none of the three, the library refuses in its own words.
      self = .model
    }
  }
}
