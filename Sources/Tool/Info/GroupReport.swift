// SPDX-License-Identifier: MIT

import Leat

/// What `leat store show` reports of a group.
struct GroupReport: FileReport {
  struct Member: Encodable {
    let name: String
    let position, generation: UInt64
  }

  let name: String
  let savedAtMs: Int64
  let generation: UInt64
  let generationsKept: Int
  let cursorBytes: UInt64
  /// Of the newest checkpoint that is whole for every member.
  let members: [Member]
  let isFallback: Bool

  init(_ entry: Store.Entry, in store: Store) throws {
    let group = try store.group(entry.name)
    name = entry.name
    savedAtMs = entry.savedAt
    generation = entry.generation
    generationsKept = entry.generations
    cursorBytes = entry.cursorSize
    members = (group?.members ?? []).map {
      Member(name: $0.name, position: $0.position, generation: $0.generation)
    }
    isFallback = group?.isFallback ?? false
  }

  var lines: [(String, String)] {
    let age = Age(of: savedAtMs, at: Clock.milliseconds)
    var lines = [
      ("group", name),
      ("generation", "\(Figures.grouped(generation)); \(generationsKept) kept"),
      ("saved", "\(Figures.utc(milliseconds: savedAtMs)), \(age.sentence)"),
      ("cursor", cursorBytes == 0 ? "none" : "\(Figures.grouped(cursorBytes)) bytes"),
      ("members", Figures.grouped(members.count)),
    ]
    let most = 20
    lines += members.prefix(most).map {
      ("member", "\($0.name), \(Figures.grouped($0.position)) samples taken in")
    }
    if members.count > most { lines.append(("member", "… --json has all of them")) }
    if isFallback {
      lines.append(
        (
          "FALLBACK",
          "newer checkpoints are damaged, or not all members are of one: the members above "
            + "are of an older one"
        ))
    }
    return lines
  }
}
