// SPDX-License-Identifier: MIT

/// The kind of a file, by its first bytes.
enum FileKind {
  case model, state, store

  init(path: String) throws {
    let head = try InputFile.head(path, count: 16)
    if head.starts(with: "LeatStat".utf8) {
      self = .state
    } else if head.starts(with: "SQLite format 3\0".utf8) {
      self = .store
    } else {
      // A file of another kind is refused by the library, whose message is the better one.
      self = .model
    }
  }
}
